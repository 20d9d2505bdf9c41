import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/** An empty folder that is removed when the test ends. */
export async function folderOfTest(name: string): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), `${name}-`));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** The same for all tests of a file; asked for while the file is loaded. */
export function folderOfFile(name: string): Promise<string> {
  const made = mkdtemp(join(tmpdir(), `${name}-`));
  afterAll(async () => rm(await made, { recursive: true, force: true }));
  return made;
}
