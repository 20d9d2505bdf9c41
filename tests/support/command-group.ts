import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A command with all its children, as a terminal sees them: one process group. */
export interface CommandGroup {
  /** To every process of the group, as Ctrl-C does. */
  signal(name: NodeJS.Signals): void;
  /** Resolves with the exit code; a number above 128 or null for a signal. */
  exited: Promise<number | null>;
  /** Whether no process of the group is left. */
  isGone(): boolean;
  output(): string;
  /** Ends whatever is left of the group. */
  dispose(): Promise<void>;
}

export function startGroup(
  command: readonly [string, ...string[]],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): CommandGroup {
  const [program, ...args] = command;
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  // The streams too: whatever was said last has been read then.
  const exited = once(child, 'close').then(([code]) => code as number | null);
  /** False when no process of the group is left. */
  const signal = (name: NodeJS.Signals | 0): boolean => {
    try {
      return child.pid !== undefined && process.kill(-child.pid, name);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
      throw error;
    }
  };
  return {
    signal,
    exited,
    isGone: () => !signal(0),
    output: () => output,
    dispose: async () => {
      signal('SIGKILL');
      await exited;
    },
  };
}
