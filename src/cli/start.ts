import type { Command } from 'commander';
import { SETTINGS } from '../config.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Parse } from '../config/setting.ts';
import { HUB_ROLES } from '../core/role.ts';
import { addCommand, type Cli } from './cli.ts';
import { typed } from './typed-values.ts';

export function addStart(program: Command, cli: Cli): void {
  const command = addCommand(program, {
    usage: 'start',
    summary: 'run a hub in this process',
    description: 'Runs a hub in this process until it is told to stop (Ctrl-C).',
    examples: ['start', 'start --roles receiver', 'start --roles workers,scheduler,api'],
  });
  command
    .option(
      '--roles <list>',
      `which roles it has, of ${HUB_ROLES.join(',')} (default: ROLES, else all)`,
      typed(command, '--roles', listOfRoles),
    )
    .action(async (options: { roles?: string }) => {
      const { env, dotenv, calledAs } = cli.deps;
      const config = loadConfig(env, { dotenv, ...options });
      const code = await cli.deps.start({ config, calledAs });
      cli.exit(code === 0 ? 0 : 1);
    });
}

/** The text as it was given, when it is one that ROLES takes. A wrong option is wrong usage, a wrong setting is not. */
const listOfRoles: Parse<string> = (text) => {
  const parsed = SETTINGS.ROLES.parse(text.trim());
  return parsed.ok ? { ok: true, value: text } : parsed;
};
