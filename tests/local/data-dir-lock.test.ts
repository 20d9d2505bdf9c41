import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HubError } from '../../src/core/errors.ts';
import { lockDataDir } from '../../src/local/data-dir-lock.ts';
import { freshFolder } from '../support/services.ts';

let folder: { path: string; remove(): Promise<void> };
let program: string;

beforeAll(async () => {
  folder = await freshFolder();
  program = join(folder.path, 'holder.mjs');
  const lock = new URL('../../src/local/data-dir-lock.ts', import.meta.url).href;
  await writeFile(
    program,
    `import { lockDataDir } from ${JSON.stringify(lock)};
     const lock = await lockDataDir(process.argv[2]);
     process.send('locked');
     process.on('message', () => { lock.release(); process.send('released'); });`,
  );
});
afterAll(() => folder.remove());

/** Another process that holds the lock, once it says so. */
async function holder(dataDir: string) {
  const child = fork(program, [dataDir], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  await once(child, 'message');
  return { child, printed: () => printed };
}

const refusal = (dataDir: string) =>
  lockDataDir(dataDir).then(
    (lock) => {
      lock.release();
      return null;
    },
    (error: unknown) => error,
  );

it('refuses a folder that another process holds, and says what to do', async () => {
  const dataDir = join(folder.path, 'held');
  const { child, printed } = await holder(dataDir);
  const error = await refusal(dataDir);
  expect(error).toBeInstanceOf(HubError);
  expect(error).toMatchObject({ code: 'data_dir_in_use', message: expect.stringContaining(dataDir) });
  child.send('release');
  await once(child, 'message');
  expect(await refusal(dataDir)).toBe(null);
  child.kill();
  expect(printed()).toBe('');
});

it('is free at once when its holder is killed', async () => {
  const dataDir = join(folder.path, 'killed');
  const { child } = await holder(dataDir);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await refusal(dataDir)).toBe(null);
});

it('refuses the same process twice, and lets it in again after a release', async () => {
  const dataDir = join(folder.path, 'twice');
  const lock = await lockDataDir(dataDir);
  expect(await refusal(dataDir)).toMatchObject({ code: 'data_dir_in_use' });
  lock.release();
  lock.release();
  expect(await refusal(dataDir)).toBe(null);
});

it('lets two folders be held at once', async () => {
  const one = await lockDataDir(join(folder.path, 'one'));
  expect(await refusal(join(folder.path, 'two'))).toBe(null);
  one.release();
});
