import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { trustLocalCa } from '../../../src/local/local-ca.ts';

const MAIN = new URL('../../../src/local/graph-simulator/main.ts', import.meta.url).pathname;

function run(options: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test('by itself it says in one line that it is ready, keeps its keys in a file, and ends on SIGTERM', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'graph-simulator-main-'));
  const child = run(['--data-dir', dataDir, '--changes-per-second', '0', '--perfect']);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const ready = JSON.parse(line) as Record<'url' | 'authorityUrl' | 'caFile' | 'keysFile', string>;
  const keys = JSON.parse(await readFile(ready.keysFile, 'utf8')) as {
    adminKey: string;
    clientSecret: string;
  };
  expect(line).not.toContain(keys.adminKey);
  trustLocalCa(await readFile(ready.caFile, 'utf8'));
  const state = await fetch(`${ready.url}/control/state`, {
    headers: { authorization: `Bearer ${keys.adminKey}` },
  });
  expect(await state.json()).toMatchObject({ seed: 1, changesPerSecond: 0 });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a wrong option ends it with 2 and the usage', async () => {
  const child = run(['--data-dir', await mkdtemp(join(tmpdir(), 'graph-simulator-main-')), '--port', 'x']);
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  expect(await once(child, 'close')).toEqual([2, null]);
  expect(words).toContain('--port has to be a whole number');
});
