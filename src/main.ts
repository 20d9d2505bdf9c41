import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/*
 * `heliograph`: the command line, `start` among its commands. A first Ctrl-C (or SIGTERM) lets what is in flight finish, a second
 * one ends the process at once.
 */

/**
 * npm passes on the Ctrl-C that the terminal has given to the whole group already, so one press arrives twice. Whatever comes this
 * soon after the first is the same press.
 */
const SAME_PRESS_MS = 500;

// What was compiled and stripped of its types once need not be again, which saves a quarter of a start (measured, docs/decisions.md).
// The folder has the owner of the code; one in the system's temporary folder might have another. Where it cannot be written to,
// nothing is kept. Only what is imported after this is in it.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/heliograph', import.meta.url)));
const { processDeps } = await import('./cli/process-deps.ts');
const { runProgram } = await import('./cli/program.ts');

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
