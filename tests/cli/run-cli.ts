import type { CliDeps, ExitCode } from '../../src/cli/deps.ts';
import { runProgram } from '../../src/cli/program.ts';
import { NOW } from './samples.ts';
import { ADMIN_KEY } from './small-hub.ts';

export interface Run {
  code: ExitCode;
  out: string;
  err: string;
}

/** A command line under way, with what it has written so far. */
export interface Running {
  done: Promise<Run>;
  out(): string;
  err(): string;
  stop(): void;
}

/** Starts a command line in this process. Waiting between attempts takes no time. */
export function startCli(args: readonly string[], change: Partial<CliDeps> = {}): Running {
  const written = { out: '', err: '' };
  const stopping = new AbortController();
  const deps: CliDeps = {
    start: () => Promise.reject(new Error('this test starts no hub')),
    calledAs: 'heliograph',
    fetch: globalThis.fetch,
    stdout: { write: (text: string) => (written.out += text) },
    stderr: { write: (text: string) => (written.err += text) },
    env: {},
    dotenv: {},
    now: () => NOW,
    wait: () => new Promise((resolve) => setImmediate(resolve)),
    signal: stopping.signal,
    ...change,
  };
  return {
    done: runProgram(deps, args).then((code) => ({ code, ...written })),
    out: () => written.out,
    err: () => written.err,
    stop: () => stopping.abort(),
  };
}

export function runCli(args: readonly string[], change: Partial<CliDeps> = {}): Promise<Run> {
  return startCli(args, change).done;
}

/** The environment of somebody who uses that hub. */
export function userOf(hub: { url: string }, key = ADMIN_KEY): { env: CliDeps['env'] } {
  return { env: { HELIOGRAPH_URL: hub.url, HELIOGRAPH_API_KEY: key } };
}
