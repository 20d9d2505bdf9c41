import type { NewSubscription } from '../../../src/http/schemas/subscriptions.ts';

/** The command that does the same as the dialog, to be pasted into a shell. */
export function cliLine(wanted: NewSubscription): string {
  return [
    'npx --no-install heliograph subscriptions create',
    `--resource ${shellQuoted(wanted.resource)}`,
    ...(wanted.changeTypes ? [`--change-types ${wanted.changeTypes.join(',')}`] : []),
    ...(wanted.tenant === undefined ? [] : [`--tenant ${shellQuoted(wanted.tenant)}`]),
    ...(wanted.fetch === undefined ? [] : [`--fetch ${wanted.fetch}`]),
  ].join(' ');
}

/** Bare where no shell could read anything into it, in single quotes otherwise. */
function shellQuoted(text: string): string {
  return /^[A-Za-z0-9_./:@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
