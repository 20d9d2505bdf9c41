import type { Config } from '../config/load-config.ts';
import type { Environment } from '../config/read-settings.ts';

/** A stream that text goes to, such as `process.stdout`. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** Everything the command line touches, so that a test can drive it in its own process. */
export interface CliDeps {
  /** Runs a hub until it is told to stop; gives the exit code. */
  start(options: { config: Config; calledAs: string }): Promise<number>;
  /** What a person types before a command's own words: `heliograph`, or `npx --no-install heliograph`. */
  calledAs: string;
  fetch: typeof globalThis.fetch;
  stdout: Output;
  stderr: Output;
  env: Environment;
  dotenv: Environment;
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects when the signal fires. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Fires when whatever is under way shall end. */
  signal: AbortSignal;
}

/** 0 done, 1 failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** What failed, what is known about it line by line, and what to do next. */
export class CommandFailure extends Error {
  readonly lines: readonly string[];
  readonly remedy: string | null;
  readonly exitCode: ExitCode;
  /** The HTTP status where a hub answered; null where none did. */
  readonly status: number | null;

  constructor(
    message: string,
    more: {
      lines?: readonly string[];
      remedy?: string;
      status?: number;
      exitCode?: ExitCode;
      cause?: unknown;
    } = {},
  ) {
    super(message, 'cause' in more ? { cause: more.cause } : {});
    this.name = 'CommandFailure';
    this.lines = more.lines ?? [];
    this.remedy = more.remedy ?? null;
    this.status = more.status ?? null;
    this.exitCode = more.exitCode ?? 1;
  }
}
