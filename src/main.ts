import { processDeps } from './cli/process-deps.ts';
import { runProgram } from './cli/program.ts';

/*
 * `heliograph`: the command line, `start` among its commands. A first Ctrl-C (or SIGTERM) lets what is in flight finish, a second
 * one ends the process at once.
 */

/**
 * npm passes on the Ctrl-C that the terminal has given to the whole group already, so one press arrives twice. Whatever comes this
 * soon after the first is the same press.
 */
const SAME_PRESS_MS = 300;

// Deprecations inside libraries are for those who develop; the tests show them, an operator's terminal does not.
process.noDeprecation = true;

const stopping = new AbortController();
let firstAt = 0;

function onSignal(): void {
  if (!stopping.signal.aborted) {
    firstAt = performance.now();
    stopping.abort();
  } else if (performance.now() - firstAt > SAME_PRESS_MS) {
    process.exit(130);
  }
}

const deps = processDeps(async ({ config, calledAs }) => {
  const { startHub } = await import('./start.ts');
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return startHub(config, { stdout: process.stdout, calledAs, signal: stopping.signal });
});

// Nothing may keep the process alive after its command: a pool, a timer of an SDK.
process.exit(await runProgram(deps, process.argv.slice(2)));
