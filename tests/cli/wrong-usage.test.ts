import type { Command } from 'commander';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CliDeps } from '../../src/cli/deps.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { runCli, userOf } from './run-cli.ts';
import { KEY } from './samples.ts';
import { startSmallHub, type SmallHub } from './small-hub.ts';

/*
 * What a person can type wrong, and that each of it is exit code 2, said in one sentence that begins with what is wrong, before the
 * hub is asked.
 */

const LONG = 'x'.repeat(2049);

/** A command line, and the beginning of what is said about it. */
const WRONG: [args: string, begins: string][] = [
  ['nonsense', "unknown command 'nonsense'"],
  ['help nonsense', "unknown command 'nonsense'"],
  ['events watch', "unknown command 'watch'"],
  ['events list --colour', "unknown option '--colour'"],
  ['events list --limit', "option '--limit <n>' argument missing"],
  ['events list 42', 'too many arguments'],
  ['start --roles all', '--roles is "all"; give one of receiver'],
  ['start --roles', "option '--roles <list>' argument missing"],
  ['subscriptions create', "required option '--resource <path>'"],
  ['subscriptions create --resource ""', '--resource is empty'],
  [`subscriptions create --resource ${LONG}`, '--resource has 2049 characters; give at most 2048'],
  [
    'subscriptions create --resource a --change-types created,moved',
    '--change-types is "moved"; give one of',
  ],
  ['subscriptions create --resource a --change-types ""', '--change-types is ""; give one of'],
  ['subscriptions create --resource a --tenant ""', '--tenant is empty'],
  ['subscriptions create --resource a --fetch all', '--fetch is "all"; give one of none, get, delta'],
  ['subscriptions list --limit 1.5', '--limit is "1.5"; give a whole number from 1 to 1000'],
  ['subscriptions list --after x', '--after is "x"; a key has 16 to 40'],
  ['subscriptions show', "missing required argument 'key'"],
  ['subscriptions show ../events', 'key is "../events"; a key has 16 to 40'],
  ['subscriptions renew', 'give either the key of one subscription, or --due'],
  [`subscriptions renew ${KEY} --due`, 'give either the key of one subscription, or --due'],
  ['subscriptions renew short', 'key is "short"; a key has 16 to 40'],
  ['subscriptions delete SHOUTED_KEY_OF_MANY', 'key is "SHOUTED_KEY_OF_MANY"; a key has'],
  ...['list', 'tail'].flatMap((command): [string, string][] => [
    [`events ${command} --type Messages`, '--type is "Messages"; give an event type such as MessageCreated'],
    [`events ${command} --type ""`, '--type is ""; give an event type'],
    [`events ${command} --subject ""`, '--subject is empty'],
    [`events ${command} --subscription x`, '--subscription is "x"; a key has 16 to 40'],
    [`events ${command} --tenant ""`, '--tenant is empty'],
    [`events ${command} --origin moon`, '--origin is "moon"; give one of notification'],
    [`events ${command} --after first`, '--after is "first"; a sequence is a whole number'],
    [`events ${command} --limit 0`, '--limit is "0"; give a whole number from 1 to'],
  ]),
  ['events list --limit 1001', '--limit is "1001"; give a whole number from 1 to 1000'],
  ['events list --order random', '--order is "random"; give one of asc, desc'],
  ['events list --before -1', '--before is "-1"; a sequence is a whole number'],
  ['events list --since yesterday', '--since is "yesterday"; give a time such as'],
  ['events list --until 2026-13-01', '--until is "2026-13-01"; give a time such as'],
  ['events list --after 1 --before 9', "option '--after <sequence>' cannot be used with option '--before"],
  ['events list --order desc --after 1', '--after goes with --order asc'],
  ['events list --order asc --before 9', '--before goes with --order desc'],
  ['events show', "missing required argument 'sequence'"],
  ['events show first', 'sequence is "first"; a sequence is a whole number'],
  ['events show 1 2', "too many arguments for 'show'"],
  ['set-aside list --limit many', '--limit is "many"; give a whole number from 1 to 1000'],
  ['set-aside list --before 0', '--before is "0"; give a whole number from 1'],
  ['set-aside run 7 seven', 'id is "seven"; give a whole number from 1'],
  ['set-aside discard', "missing required argument 'id'"],
  ['set-aside discard 0x7', 'id is "0x7"; give a whole number from 1'],
  ['destinations list realtime', "too many arguments for 'list'"],
  ['config PORT', "too many arguments for 'config'"],
];

let hub: SmallHub;
beforeAll(async () => {
  hub = await startSmallHub();
});
afterAll(() => hub.close());

it.each(WRONG)('%s', async (line, begins) => {
  const args = line.split(' ').map((word) => (word === '""' ? '' : word));
  const { code, out, err } = await runCli(args, userOf(hub));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err.slice(0, `error: ${begins}`.length)).toBe(`error: ${begins}`);
  expect(err).toMatch(/\nWhat it takes: heliograph .*--help\n$/);
  expect(hub.requests).toEqual([]);
});

it('is tried of every value that a command takes', () => {
  const deps = { calledAs: 'heliograph', env: {}, stdout: {}, stderr: {} };
  const program = buildProgram(deps as unknown as CliDeps, () => {});
  // What `help` takes are names of commands: one that is none is in the table too.
  const untried = valuesOf(program).filter(
    ([path, name]) =>
      path !== 'help' &&
      !WRONG.some(([line, begins]) => line.startsWith(`${path} `) && begins.startsWith(`${name} `)),
  );
  expect(untried).toEqual([]);
});

/** Each option with a value and each argument, with the command that takes it. */
function valuesOf(command: Command, path = ''): [path: string, name: string][] {
  const options = command.options.filter((option) => option.required).map((option) => option.long ?? '');
  const names = command.registeredArguments.map((argument) => argument.name().replace(/^ids$/, 'id'));
  return [
    ...[...options, ...names].map((name): [string, string] => [path, name]),
    ...command.commands.flatMap((each) => valuesOf(each, `${path} ${each.name()}`.trim())),
  ];
}
