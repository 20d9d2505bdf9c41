import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { graphApi } from '../../../src/adapters/graph/graph-api.ts';
import { tenantCredential } from '../../../src/adapters/graph/credentials.ts';
import { LOCAL_TENANT_ID } from '../../../src/local/graph-simulator/local-identity.ts';
import { trustLocalCa } from '../../../src/local/local-ca.ts';
import type { GraphApi } from '../../../src/ports/graph-api.ts';
import { until } from '../../support/until.ts';
import { openReceiver } from './receiver.ts';
import { INGRID } from './watching.ts';
import { folderOfTest } from '../../support/temporary-folder.ts';

const MAIN = new URL('../../../src/local/graph-simulator/main.ts', import.meta.url).pathname;

function run(options: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

interface Ready {
  line: string;
  url: string;
  adminKey: string;
  graph: GraphApi;
}

/** Starts it and waits until it says that it is ready. */
async function start(options: readonly string[]) {
  const child = run(options);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const said = JSON.parse(line) as Record<
    'url' | 'authorityUrl' | 'tenantId' | 'clientId' | 'caFile' | 'keysFile',
    string
  >;
  trustLocalCa(await readFile(said.caFile, 'utf8'));
  const { adminKey, clientSecret } = JSON.parse(await readFile(said.keysFile, 'utf8')) as Record<
    'adminKey' | 'clientSecret',
    string
  >;
  const { url, authorityUrl, tenantId, clientId } = said;
  const settings = { kind: 'client_secret', tenantId, clientId, clientSecret } as const;
  const credential = tenantCredential(settings, authorityUrl);
  const graph = graphApi({ graphUrl: url, tenants: [{ id: tenantId, credential }] });
  return { child, ready: { line, url, adminKey, graph } satisfies Ready };
}

async function control({ url, adminKey }: Ready, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${url}/control${path}`, {
    headers: { authorization: `Bearer ${adminKey}` },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
  return response.json();
}

test('by itself it says in one line that it is ready, keeps its keys in a file, and ends on SIGTERM', async () => {
  const dataDir = await folderOfTest('graph-simulator-main');
  const { child, ready } = await start(['--data-dir', dataDir, '--changes-per-second', '0', '--perfect']);
  expect(ready.line).not.toContain(ready.adminKey);
  expect(await control(ready, '/state')).toMatchObject({ seed: 1, changesPerSecond: 0 });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('killed in the middle, it finds again what it had told of, and who is told', async () => {
  const receiver = await openReceiver();
  const options = [
    '--data-dir',
    await folderOfTest('graph-simulator-main'),
    '--changes-per-second',
    '0',
    '--perfect',
  ];
  const before = await start(options);
  const made = await before.ready.graph.createSubscription(LOCAL_TENANT_ID, {
    changeTypes: ['created'],
    resource: `users/${INGRID.id}/messages`,
    notificationUrl: receiver.url,
    lifecycleNotificationUrl: receiver.url,
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    clientState: 'state',
    immutableIds: true,
  });
  await control(before.ready, '/changes', { count: 20, kind: 'mail', user: INGRID.id });
  await until(() => receiver.accepted().length === 20);
  before.child.kill('SIGKILL');
  await once(before.child, 'exit');

  const { ready } = await start(options);
  const told = receiver.accepted().map((item) => ({ path: item.resource ?? '', immutableIds: true }));
  const found = await ready.graph.fetchResources(LOCAL_TENANT_ID, told, new AbortController().signal);
  expect(found.map(({ status }) => status)).toEqual(told.map(() => 'ok'));
  const listed = await ready.graph.listSubscriptions(LOCAL_TENANT_ID);
  expect(listed).toEqual({ status: 'ok', value: [made.status === 'ok' && made.value] });
});

test('a wrong option ends it with 2 and the usage', async () => {
  const child = run(['--data-dir', await folderOfTest('graph-simulator-main'), '--port', 'x']);
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  expect(await once(child, 'close')).toEqual([2, null]);
  expect(words).toContain('--port has to be a whole number');
});
