import { InvalidArgumentError, type Command } from 'commander';
import { SETTINGS } from '../config.ts';
import { loadConfig } from '../config/load-config.ts';
import { HUB_ROLES } from '../core/role.ts';
import { addCommand, type Cli } from './cli.ts';

export function addStart(program: Command, cli: Cli): void {
  addCommand(program, {
    usage: 'start',
    summary: 'run a hub in this process',
    description: 'Runs a hub in this process until it is told to stop (Ctrl-C).',
    examples: ['start', 'start --roles receiver', 'start --roles workers,scheduler,api'],
  })
    .option(
      '--roles <list>',
      `which roles it has, of ${HUB_ROLES.join(',')} (default: ROLES, else all)`,
      listOfRoles,
    )
    .action(async (options: { roles?: string }) => {
      const { env, dotenv } = cli.deps;
      const config = loadConfig(env, { dotenv, ...options });
      const code = await cli.deps.start({ config });
      cli.exit(code === 0 ? 0 : 1);
    });
}

/** The text as it was given, when it is one that ROLES takes. A wrong option is wrong usage, a wrong setting is not. */
function listOfRoles(text: string): string {
  const parsed = SETTINGS.ROLES.parse(text.trim());
  if (!parsed.ok) throw new InvalidArgumentError(`It ${parsed.message}`);
  return text;
}
