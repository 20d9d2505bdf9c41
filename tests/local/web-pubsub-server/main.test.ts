import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { ACCESS_KEY, sdkClient, serviceOf } from './local-server.ts';

test('the server runs as a process of its own, says where, and ends on SIGTERM', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'web-pubsub-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, `${ACCESS_KEY}\n`);
  const main = 'src/local/web-pubsub-server/main.ts';
  const child = spawn(process.execPath, [main, '--access-key-file', keyFile], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ready = JSON.parse(String((await lines.next()).value)) as {
    connectionString: string;
    endpoint: string;
  };
  expect(ready.connectionString).toBe(`Endpoint=${ready.endpoint};AccessKey=${ACCESS_KEY};Version=1.0;`);
  const { messages } = await sdkClient(ready);
  await serviceOf(ready).sendToAll({ n: 1 });
  expect(await messages.reach(1)).toMatchObject([{ data: { n: 1 } }]);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
