import type { Command } from 'commander';
import { addCommand } from './cli.ts';
import { refuseUsage } from './typed-values.ts';

/** `help events tail` is `events tail --help`; Commander's own command knows the first word only. */
export function addHelp(program: Command): void {
  addCommand(program, {
    usage: 'help',
    summary: 'show what a command takes',
    examples: ['help', 'help events', 'help events tail'],
  })
    .argument('[command...]', 'which')
    .action((names: readonly string[]) => {
      let command = program;
      for (const name of names)
        command =
          command.commands.find((each) => each.name() === name) ??
          refuseUsage(command, `unknown command '${name}'`);
      command.outputHelp();
    });
}
