import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/**
 * Builds the dashboard as it is now into a folder of its own, whatever lies in `webapp/dist`. In a process of its own: the test
 * runner's NODE_ENV would make it a development build.
 */
export async function buildWebapp(): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'heliograph-webapp-'));
  const vite = resolve('node_modules/vite/bin/vite.js');
  await promisify(execFile)(
    process.execPath,
    [vite, 'build', 'webapp', '--outDir', dir, '--emptyOutDir', '--logLevel', 'error'],
    { env: { ...process.env, NODE_ENV: 'production' } },
  );
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
