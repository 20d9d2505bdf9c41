import { renameSync, statSync } from 'node:fs';
import { destination } from 'pino';

/** Some days of a laptop's log; with the one before it twice that on the disk. */
const MAX_BYTES = 20 * 1024 * 1024;

/**
 * The end of a log file that does not grow without bound: once it is full it becomes `FILE.1`, in place of the one before, and a
 * new one begins. Where it cannot be renamed it grows on, and is tried again when as much has come once more.
 */
export function openLogFile(path: string, maxBytes = MAX_BYTES): ReturnType<typeof destination> {
  const file = destination({ dest: path, sync: false, mkdir: true, append: true, mode: 0o600 });
  let bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  file.on('write', (written: number) => {
    bytes += written;
    if (bytes < maxBytes) return;
    bytes = 0;
    try {
      renameSync(path, `${path}.1`);
    } catch {
      // The log is the place where it would be said.
    }
    file.reopen();
  });
  return file;
}
