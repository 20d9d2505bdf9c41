import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HubError } from '../core/errors.ts';

/** SQLite's "another connection holds the lock": https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

export interface DataDirLock {
  release(): void;
}

/**
 * Takes a data folder for this process, or throws `data_dir_in_use`. The folder is made, with mode 0700, when it is missing.
 *
 * The lock is SQLite's exclusive lock on an empty file: the kernel holds it, on every platform, and drops it with the process,
 * however the process goes. A file with a process id in it would have to be judged after a crash.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(dataDir, 'lock'), { timeout: 0 });
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive');
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new HubError(
      'data_dir_in_use',
      `Another hub is running on ${resolve(dataDir)}. Stop it first, or give this one another DATA_DIR and PORT.`,
      { cause: error },
    );
  }
  return {
    release: () => {
      if (lock.isOpen) lock.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
