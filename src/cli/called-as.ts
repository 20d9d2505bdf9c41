import type { Environment } from '../config/read-settings.ts';

/**
 * How a person calls this command line, so that what it suggests can be pasted: by npx in a clone, where no shell knows `heliograph`,
 * and by its name where it is installed. npm says that it is in between (`npm start`, `npx`), and other runners say it in the same way:
 * https://docs.npmjs.com/cli/using-npm/scripts#environment
 */
export function calledAs(env: Environment): string {
  return env['npm_execpath'] === undefined && env['npm_command'] === undefined
    ? 'heliograph'
    : 'npx --no-install heliograph';
}
