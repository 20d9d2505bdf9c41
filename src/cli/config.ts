import type { Command } from 'commander';
import { describeSettings, type SettingInForce } from '../config/describe-settings.ts';
import { flawedSettings } from '../config/load-config.ts';
import { addCommand, type Cli } from './cli.ts';
import { CommandFailure } from './deps.ts';
import type { Column } from './terminal.ts';

const COLUMNS: readonly Column<SettingInForce>[] = [
  { head: 'SETTING', value: ({ name }) => name },
  { head: 'FROM', value: ({ from }) => from, colour: ({ from }) => (from === 'default' ? 'dim' : 'green') },
  {
    head: 'VALUE',
    value: ({ value, unset }) => value ?? (unset === null ? 'unset' : `unset: ${unset}`),
    colour: ({ value, unset, from }) =>
      value === 'malformed' || unset === 'needed' ? 'red' : from === 'default' ? 'dim' : null,
    flexible: true,
  },
];

export function addConfig(program: Command, cli: Cli): void {
  addCommand(program, {
    usage: 'config',
    summary: 'show the settings in force',
    description:
      'Shows the settings in force and where each comes from: the environment, .env or its default. Secrets are shown as set ' +
      'or unset. Fails when a hub would not start with them.',
    examples: ['config', 'config --json'],
  })
    .option('--json', 'print them as one JSON document')
    .action((options: { json?: boolean }) => {
      const { env, dotenv } = cli.deps;
      const { settings, flaws } = describeSettings({ env, dotenv });
      if (options.json === true) {
        cli.print(JSON.stringify({ settings, problems: flaws }, null, 2));
        cli.exit(flaws.length === 0 ? 0 : 1);
        return;
      }
      cli.print(cli.terminal.table(COLUMNS, settings));
      if (flaws.length === 0) return;
      const lines = flaws.map(({ path, message }) => `${path} ${message}`);
      throw new CommandFailure(flawedSettings(flaws).message, { lines });
    });
}
