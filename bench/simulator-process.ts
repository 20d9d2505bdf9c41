import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/local/graph-simulator/main.ts', import.meta.url));
const SECRET = 'bench-client-secret';
const ADMIN_KEY = 'bench-simulator-admin-key';

interface Ready {
  url: string;
  authorityUrl: string;
  tenantId: string;
  clientId: string;
  caFile: string;
}

export interface RunningSimulator {
  /** What a hub needs to take it for Graph. */
  settings: Record<string, string>;
  /** Puts new messages into a mailbox; gives their ids. */
  makeMessages(user: string, count: number): Promise<string[]>;
  stop(): Promise<void>;
}

/** The Graph simulator in a process of its own, quiet and without its odd manners. */
export async function runSimulator(): Promise<RunningSimulator> {
  const folder = await mkdtemp(join(tmpdir(), 'heliograph-bench-'));
  const options = [
    '--data-dir',
    folder,
    '--changes-per-second',
    '0',
    '--perfect',
    '--keep-per-mailbox',
    '5000',
  ];
  const keys = ['--client-secret', SECRET, '--admin-key', ADMIN_KEY];
  const child = spawn(process.execPath, [MAIN, ...options, ...keys], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const ready = JSON.parse(line.toString()) as Ready;
  const ca = await readFile(ready.caFile, 'utf8');
  const bundle = join(folder, 'trusted.pem');
  const given = process.env['NODE_EXTRA_CA_CERTS'];
  await writeFile(bundle, `${given === undefined ? '' : await readFile(given, 'utf8')}\n${ca}`);
  return {
    settings: {
      GRAPH_URL: ready.url,
      AZURE_AUTHORITY_HOST: ready.authorityUrl,
      AZURE_TENANT_ID: ready.tenantId,
      AZURE_CLIENT_ID: ready.clientId,
      AZURE_CLIENT_SECRET: SECRET,
      NODE_EXTRA_CA_CERTS: bundle,
    },
    makeMessages: (user, count) => makeMessages(ready.url, ca, user, count),
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function makeMessages(url: string, ca: string, user: string, count: number): Promise<string[]> {
  const body = JSON.stringify({ count, kind: 'mail', user });
  const sent = request(`${url}/control/changes`, {
    method: 'POST',
    ca,
    headers: {
      authorization: `Bearer ${ADMIN_KEY}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [AsyncIterable<Buffer>];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const { changes } = JSON.parse(text) as { changes: { id: string }[] };
  return changes.map(({ id }) => id);
}
