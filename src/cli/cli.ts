import { InvalidArgumentError, type Command } from 'commander';
import { connectToHub, type ApiAnswer, type ApiClient } from './api-client.ts';
import type { CliDeps, ExitCode } from './deps.ts';
import { terminalOf, type Terminal } from './terminal.ts';

/** What each command works with. */
export interface Cli {
  deps: CliDeps;
  terminal: Terminal;
  api(): Promise<ApiClient>;
  print(text: string): void;
  /** To stderr: what a person should know and a program should not read. */
  say(text: string): void;
  /** Where the outcome of the command goes. */
  exit(code: ExitCode): void;
}

export function cliOf(deps: CliDeps, exit: (code: ExitCode) => void): Cli {
  return {
    deps,
    terminal: terminalOf(deps),
    api: () => connectToHub(deps),
    print: (text) => void deps.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    say: (text) => void deps.stderr.write(text.endsWith('\n') ? text : `${text}\n`),
    exit,
  };
}

/** Adds a command whose help ends with examples. */
export function addCommand(
  parent: Command,
  spec: { usage: string; summary: string; description?: string; examples: readonly string[] },
): Command {
  const lines = spec.examples.map((example) => `  $ heliograph ${example}`);
  return parent
    .command(spec.usage)
    .summary(spec.summary)
    .description(spec.description ?? spec.summary)
    .addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** A command whose answer a program may want as it is. */
export function withJson(command: Command): Command {
  return command.option('--json', "print the API's answer as it is");
}

/** An answer for a program: one JSON document, `null` where the API answers without one. */
export function jsonOf({ text }: ApiAnswer<unknown>): string {
  return text === '' ? 'null' : text;
}

/** A whole number of at least 1, as an option or an argument. */
export function positiveNumber(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1) throw new InvalidArgumentError('Give a whole number of at least 1.');
  return value;
}

/** How many to list at most; the API gives no more than a thousand at once. */
export function pageSize(text: string): number {
  const value = positiveNumber(text);
  if (value > 1000) throw new InvalidArgumentError('Give at most 1000.');
  return value;
}
