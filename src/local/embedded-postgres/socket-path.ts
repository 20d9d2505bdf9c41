import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The name libpq and `pg` make of a folder and a port. */
const SOCKET_NAME = '.s.PGSQL.5432';
/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the closing zero included. */
const MAX_SOCKET_PATH = 103;

export interface SocketPlace {
  path: string;
  /** How `pg` says it: the folder as host. */
  url: string;
  remove(): Promise<void>;
}

/**
 * Where the database's Unix socket is: in the data folder, or, when that path is too long for a socket, in a folder of its own
 * under the system's temporary one. Only this user can enter either. A socket file that a killed hub left is removed: whoever
 * asks holds the data folder's lock.
 */
export async function socketPlace(dataDir: string): Promise<SocketPlace> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await chmod(dataDir, 0o700);
  const fits = Buffer.byteLength(join(dataDir, SOCKET_NAME)) <= MAX_SOCKET_PATH;
  const folder = fits ? dataDir : await mkdtemp(join(tmpdir(), 'heliograph-'));
  const path = join(folder, SOCKET_NAME);
  await rm(path, { force: true });
  return {
    path,
    url: `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`,
    remove: () => rm(fits ? path : folder, { recursive: true, force: true }),
  };
}
