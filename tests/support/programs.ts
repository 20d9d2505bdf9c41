import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A server program the suites need, and the Debian package that has it. */
const PACKAGES = { postgres: 'postgresql', 'redis-server': 'redis-server' } as const;
export type ServerProgram = keyof typeof PACKAGES;

/** The full path of a program, or null. Debian keeps Postgres out of PATH, in a folder for each version. */
export function findProgram(name: string): string | null {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...newestFirst('/usr/lib/postgresql').map((version) => `/usr/lib/postgresql/${version}/bin`),
    '/usr/local/bin',
    '/opt/homebrew/bin',
  ];
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

/** Finds a server program, installing it where that is allowed: as root on Debian. False when it stays missing. */
export function ensureProgram(name: ServerProgram): boolean {
  if (findProgram(name) !== null) return true;
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
  // At runlevel 1 Debian's packages do not start their own services.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  try {
    execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', PACKAGES[name]], {
      env,
      stdio: 'ignore',
    });
  } catch {
    // Reported by the caller: the suites are named as skipped, or the run fails under CI.
    return false;
  }
  return findProgram(name) !== null;
}

/** The owner for a server that refuses to run as root; empty when we are not root. */
export function unprivilegedOwner(): { uid: number; gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {};
  for (const user of ['postgres', 'nobody']) {
    try {
      const idOf = (flag: string) =>
        Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: idOf('-u'), gid: idOf('-g') };
    } catch {
      continue; // No such user here; the next name is everywhere.
    }
  }
  throw new Error('Postgres does not run as root, and there is no unprivileged user to run it as.');
}

function newestFirst(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).toSorted((a, b) => Number(b) - Number(a));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
