import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { cliOf, examplesText, helpRemedy } from './cli.ts';
import { addConfig } from './config.ts';
import type { CliDeps, ExitCode } from './deps.ts';
import { addDestinations } from './destinations.ts';
import { addEvents } from './events.ts';
import { addHelp } from './help.ts';
import { reportFailure } from './report-failure.ts';
import { addSetAside } from './set-aside.ts';
import { addStart } from './start.ts';
import { addSubscriptions } from './subscriptions.ts';

const EXAMPLES = ['start', 'subscriptions create --resource users/{id}/messages', 'events tail'];
const EXIT_CODES = 'Exit codes: 0 done, 1 failed, 2 wrong usage.';

/**
 * The program `heliograph`: one file for each noun. Commander's refusals and the failures of commands are thrown by `parseAsync`.
 * @param exit told the exit code of a command that was carried out
 */
export function buildProgram(deps: CliDeps, exit: (code: ExitCode) => void): Command {
  const cli = cliOf(deps, exit);
  const program = new Command(deps.calledAs);
  program
    .description('A hub for the change notifications of Microsoft Graph.')
    .version(manifest.version)
    .exitOverride()
    .helpCommand(false)
    .showHelpAfterError(helpRemedy(program))
    .configureOutput({
      writeOut: (text) => void deps.stdout.write(text),
      writeErr: (text) => void deps.stderr.write(text),
      getOutHelpWidth: () => cli.terminal.width,
      getErrHelpWidth: () => cli.terminal.width,
      getOutHasColors: () => cli.terminal.colours,
      getErrHasColors: () => deps.stderr.isTTY === true && cli.terminal.colours,
    })
    .addHelpText('after', `${examplesText(program, EXAMPLES)}\n\n${EXIT_CODES}`);
  for (const add of [addStart, addSubscriptions, addEvents, addSetAside, addDestinations, addConfig, addHelp])
    add(program, cli);
  return program;
}

/** Carries out one command line. Never throws: what went wrong is said on stderr. @param args without node and the script */
export async function runProgram(deps: CliDeps, args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = buildProgram(deps, (given) => {
    code = given;
  });
  let under: Command = program;
  program.hook('preAction', (_, command) => void (under = command));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (thrown) {
    return reportFailure({ ...deps, helpRemedy: helpRemedy(under) }, thrown);
  }
}
