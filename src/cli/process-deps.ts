import { setTimeout as pause } from 'node:timers/promises';
import { processSettings } from '../config/process-settings.ts';
import { calledAs } from './called-as.ts';
import type { CliDeps, Output } from './deps.ts';

/**
 * The command line's deps as this process has them.
 * @param start runs a hub; import it inside, so that the other commands need not wait for all of it to load
 */
export function processDeps(start: CliDeps['start']): CliDeps {
  // `heliograph events tail | head` closes our output when it has enough: an end, not a failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  const settings = processSettings();
  return {
    start,
    calledAs: calledAs(settings.env),
    fetch: globalThis.fetch,
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    env: settings.env,
    // Read when a command asks for it, where a file that cannot be read is reported like any other failure.
    get dotenv() {
      return settings.dotenv;
    },
    now: Date.now,
    wait: async (ms, signal) => {
      await pause(ms, undefined, { signal });
    },
    signal: new AbortController().signal,
  };
}

function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => stream.write(text),
    isTTY: stream.isTTY,
    ...(stream.isTTY && { columns: stream.columns }),
  };
}
