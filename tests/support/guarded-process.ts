import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * A shell that runs a program and ends it when our end of its standard input closes, which the kernel sees to however this
 * process goes: no server outlives the tests, not even those of a run that was killed. The folder goes with it then.
 * $1: the signal to end it by; $2: the folder; the rest: the command. Prints the program's process id.
 */
const GUARD = `
signal=$1 folder=$2; shift 2
exec 3<&0
"$@" </dev/null 3<&- >&2 & server=$!
echo $server
{ cat <&3 >/dev/null; trap '' TERM; kill -$signal $server; while kill -0 $server; do sleep 0.1; done; rm -rf "$folder"; } >/dev/null 2>&1 & guard=$!
exec 3<&-
wait $server; code=$?
kill $guard 2>/dev/null
exit $code`;

export interface GuardedProcess {
  pid: number;
  /** Resolves with its exit code when the program has ended; 128 and the signal's number when it was killed. */
  exited: Promise<number>;
  hasExited(): boolean;
  /** What it wrote, for the message of a failed start. */
  output(): string;
}

export async function startGuarded(
  command: readonly string[],
  how: {
    folder: string;
    endBy: 'QUIT' | 'KILL';
    owner?: { uid?: number; gid?: number };
    /** Ours when left out. */
    env?: NodeJS.ProcessEnv;
    /** Told whatever it writes, to either stream. */
    onOutput?: (text: string) => void;
  },
): Promise<GuardedProcess> {
  const shell = spawn('/bin/sh', ['-c', GUARD, 'guard', how.endBy, how.folder, ...command], {
    ...how.owner,
    ...(how.env !== undefined && { env: how.env }),
    cwd: how.folder,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its own process group: a Ctrl-C in the terminal is for us to handle.
    detached: true,
  });
  let output = '';
  shell.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-8_000);
    how.onOutput?.(text);
  });
  let ended = false;
  const exited = once(shell, 'exit').then(([code]) => Number(code ?? 1));
  shell.once('exit', () => {
    ended = true;
    shell.stdin.destroy();
  });
  const [line] = (await once(createInterface(shell.stdout), 'line')) as [string];
  return { pid: Number(line), exited, hasExited: () => ended, output: () => output };
}

/**
 * A free port below the range the kernel takes client ports from: a client that keeps trying a stopped server there could
 * otherwise connect to itself and hold the port.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    const probe = createServer();
    const free = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }
}
