import type { Command } from 'commander';
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
  /** A command line of this program, as it can be pasted. */
  line(words: string): string;
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
    line: (words) => `${deps.calledAs} ${words}`,
    exit,
  };
}

/** Adds a command whose help ends with examples. */
export function addCommand(
  parent: Command,
  spec: { usage: string; summary: string; description?: string; examples: readonly string[] },
): Command {
  const command = parent.command(spec.usage);
  return command
    .helpCommand(false)
    .summary(spec.summary)
    .description(spec.description ?? asSentence(spec.summary))
    .showHelpAfterError(helpRemedy(command))
    .addHelpText('after', examplesText(command, spec.examples));
}

/** The end of a help page. @param examples without the program's own name */
export function examplesText(command: Command, examples: readonly string[]): string {
  const [program] = withParents(command);
  const lines = examples.map((example) => `  $ ${program?.name() ?? ''} ${example}`);
  return `\nExamples:\n${lines.join('\n')}`;
}

/** What follows the refusal of what was typed. */
export function helpRemedy(command: Command): string {
  const path = withParents(command).map((each) => each.name());
  return `What it takes: ${path.join(' ')} --help`;
}

/** The program first. */
function withParents(command: Command): Command[] {
  return [...(command.parent === null ? [] : withParents(command.parent)), command];
}

function asSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** A command whose answer a program may want as it is. */
export function withJson(command: Command): Command {
  return command.option('--json', "print the API's answer as it is");
}

/** An answer for a program: one JSON document, `null` where the API answers without one. */
export function jsonOf({ text }: ApiAnswer<unknown>): string {
  return text === '' ? 'null' : text;
}
