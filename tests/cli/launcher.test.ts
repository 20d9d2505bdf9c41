import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOldNode } from '../support/system-node.ts';
import { anEvent } from './samples.ts';
import { ADMIN_KEY, startSmallHub, type SmallHub } from './small-hub.ts';

/*
 * bin/heliograph.js as it is, in a folder of its own with an entry that wires the real command line to a `start` made for these
 * tests: it says that it is up, and exits with 7 at the first signal.
 */

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = `
import { processDeps } from ${JSON.stringify(pathToFileURL(join(REPOSITORY, 'src/cli/process-deps.ts')).href)};
import { runProgram } from ${JSON.stringify(pathToFileURL(join(REPOSITORY, 'src/cli/program.ts')).href)};
const start: () => Promise<number> = () => new Promise(() => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => { console.log(signal); process.exit(7); });
  setInterval(() => {}, 1000);
  console.log('up', process.version, process.pid);
});
process.exitCode = await runProgram(processDeps(start), process.argv.slice(2));
`;

type Launched = ChildProcessByStdio<null, Readable, Readable>;

const oldNode = findOldNode();
let folder: string;
let hub: SmallHub;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'heliograph-launcher-'));
  for (const each of ['bin', 'src', 'node_modules']) mkdirSync(join(folder, each));
  copyFileSync(join(REPOSITORY, 'bin/heliograph.js'), join(folder, 'bin/heliograph.js'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'src/main.ts'), MAIN);
  const { platform, arch } = process;
  const packages = [
    `node-${platform === 'win32' ? 'win' : platform}-${arch}`,
    `node-bin-${platform}-${arch}`,
  ];
  for (const name of packages.filter((each) => existsSync(join(REPOSITORY, 'node_modules', each))))
    symlinkSync(join(REPOSITORY, 'node_modules', name), join(folder, 'node_modules', name));
  hub = await startSmallHub();
  hub.append(42);
});
afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true });
});

function launch(node: string, args: string[], where = folder): Launched {
  const { PATH } = process.env;
  const env = { PATH, HELIOGRAPH_URL: hub.url, HELIOGRAPH_API_KEY: ADMIN_KEY };
  return spawn(node, [join(where, 'bin/heliograph.js'), ...args], {
    env,
    cwd: where,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function outcome(child: Launched): Promise<{ code: number | null; out: string; err: string }> {
  const exit = once(child, 'exit');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await exit) as [number | null];
  return { code, out, err };
}

/** The child's first line: what the hub says when it is up. */
async function firstLine(child: Launched): Promise<string[]> {
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return String(chunk).trim().split(' ');
}

const nodes: [string, string | null][] = [
  ['this Node', process.execPath],
  ['an older Node', oldNode],
];
describe.each(nodes)('started by %s', (_, node) => {
  const path = node ?? '';

  it.skipIf(node === null)('is the command line, with its output and its exit codes', async () => {
    const listed = await outcome(launch(path, ['events', 'list', '--json']));
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(listed.out)).toMatchObject({ items: [anEvent(42)] });
    expect(await outcome(launch(path, ['events', 'show', '7']))).toEqual({
      code: 1,
      out: '',
      err: 'error: There is no such event.\nTo see what there is: heliograph events list\n',
    });
    expect(await outcome(launch(path, ['events', 'show']))).toMatchObject({ code: 2, out: '' });
  });

  it.skipIf(node === null).each(['SIGTERM', 'SIGINT'] as const)(
    'hands on %s and the exit code it leads to',
    async (signal) => {
      const child = launch(path, ['start']);
      const [up, version] = await firstLine(child);
      expect(up).toBe('up');
      expect(Number(version?.slice(1).split('.')[0])).toBeGreaterThanOrEqual(24);
      child.kill(signal);
      expect(await outcome(child)).toMatchObject({ code: 7, out: `${signal}\n`, err: '' });
    },
  );
});

describe('started by an older Node', () => {
  it.skipIf(oldNode === null)('ends as the hub ended when that was killed', async () => {
    const child = launch(oldNode ?? '', ['start']);
    const [, , pid] = await firstLine(child);
    process.kill(Number(pid), 'SIGKILL');
    expect((await outcome(child)).code).toBe(137);
  });

  it.skipIf(oldNode === null)('says what to do where no newer one is installed', async () => {
    const bare = mkdtempSync(join(tmpdir(), 'heliograph-bare-'));
    mkdirSync(join(bare, 'bin'));
    writeFileSync(join(bare, 'package.json'), '{"type":"module"}');
    copyFileSync(join(REPOSITORY, 'bin/heliograph.js'), join(bare, 'bin/heliograph.js'));
    const { code, out, err } = await outcome(launch(oldNode ?? '', ['start'], bare));
    rmSync(bare, { recursive: true });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/needs Node 24\.5 or newer; this is v\d+.*\nRun `npm ci`/);
  });
});
