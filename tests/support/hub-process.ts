import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFailed } from 'vitest';
import { placeBareDatabase } from './bare-database.ts';
import { freePort, startGuarded, type GuardedProcess } from './guarded-process.ts';
import { hubApi, type HubApi } from './hub-api.ts';

/** The settings of a hub, by their names in the environment. */
export type HubSettings = Readonly<Record<string, string>>;

/** A line of the hub's log. */
export interface HubLine {
  level: string;
  act: string;
  [field: string]: unknown;
}

/** A hub as a process of its own, on one port and one data folder over all its lives. */
export interface HubProcess extends HubApi {
  url: string;
  port: number;
  /** Its working directory; the data folder is `data` in it. */
  folder: string;
  dataDir: string;
  /** Starts it and waits until it says that it is ready. */
  start(): Promise<void>;
  /** Starts it and waits for nothing. */
  spawn(): Promise<void>;
  pid(): number;
  isRunning(): boolean;
  /** Sends a signal and waits for the end. @returns the exit code */
  end(signal: NodeJS.Signals): Promise<number>;
  exited(): Promise<number>;
  /** Everything it logged, over all its lives. */
  lines: HubLine[];
  /** Everything it wrote, the banner included. */
  output(): string;
  dispose(): Promise<void>;
}

const MAIN = resolve('src/main.ts');
const READY_WITHIN_MS = 30_000;

/**
 * Names a hub process without starting it. Nothing of our own environment reaches it but where programs and certificates are.
 * @param makesDatabase its first start makes the embedded database as a newcomer's does, which takes seconds
 */
export async function hubProcess(
  settings: HubSettings = {},
  { makesDatabase = false } = {},
): Promise<HubProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'heliograph-hub-'));
  const dataDir = join(folder, 'data');
  if (settings['DATABASE_URL'] === undefined && !makesDatabase) await placeBareDatabase(dataDir);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...baseEnvironment(),
    DATA_DIR: dataDir,
    PORT: String(port),
    ...settings,
  };
  const lines: HubLine[] = [];
  let output = '';
  let life: GuardedProcess | null = null;
  let ready = Promise.withResolvers<void>();

  const onLine = (text: string): void => {
    if (!text.startsWith('{')) return;
    const line = JSON.parse(text) as HubLine;
    lines.push(line);
    if (line.act === 'hub.started') ready.resolve();
  };
  const spawn = async (): Promise<void> => {
    if (life !== null && !life.hasExited()) throw new Error('This hub runs already.');
    const mine = Promise.withResolvers<void>();
    mine.promise.catch(() => {}); // Told to whoever waits for it; nobody may.
    ready = mine;
    let unfinished = '';
    const started = await startGuarded([process.execPath, MAIN, 'start'], {
      folder,
      endBy: 'KILL',
      env,
      onOutput(text) {
        output += text;
        const parts = (unfinished + text).split('\n');
        unfinished = parts.pop() ?? '';
        parts.forEach(onLine);
      },
    });
    life = started;
    void started.exited.then((code) =>
      mine.reject(new Error(`The hub ended with ${code}: ${started.output().slice(-2_000)}`)),
    );
  };
  const running = (): GuardedProcess => {
    if (life === null) throw new Error('This hub was never started.');
    return life;
  };

  onFailure(() => `${url}\n${output.slice(-6_000)}`);
  return {
    ...hubApi(url, settings['ADMIN_API_KEY'] ?? join(dataDir, 'admin-api-key')),
    url,
    port,
    folder,
    dataDir,
    lines,
    spawn,
    start: async () => {
      await spawn();
      const late = setTimeout(
        () => ready.reject(new Error(`The hub was not ready in time: ${output.slice(-2_000)}`)),
        READY_WITHIN_MS,
      );
      await ready.promise.finally(() => clearTimeout(late));
    },
    pid: () => running().pid,
    isRunning: () => life !== null && !life.hasExited(),
    end: async (signal) => {
      if (!running().hasExited()) process.kill(running().pid, signal);
      return running().exited;
    },
    exited: () => running().exited,
    output: () => output,
    dispose: async () => {
      if (life !== null && !life.hasExited()) {
        process.kill(life.pid, 'SIGCONT');
        process.kill(life.pid, 'SIGKILL');
        await life.exited;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Halves the time of a start, once a process has ended in order: that is when it is written. */
const COMPILE_CACHE = resolve('node_modules/.cache/compile');

/** What a child gets of our environment: none of the settings that may be in it. */
export function baseEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
  const given = names.flatMap((name) => {
    const text = process.env[name];
    return text === undefined ? [] : [[name, text] as const];
  });
  return { ...Object.fromEntries(given), NODE_COMPILE_CACHE: COMPILE_CACHE };
}

/** What the hub said, beside the failure of the test that asked for it. In a hook there is no test to fail. */
function onFailure(words: () => string): void {
  try {
    onTestFailed(() => void process.stderr.write(`\n--- the hub at ${words()}\n`));
  } catch {
    // Called outside of a test.
  }
}
