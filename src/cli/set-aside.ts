import type { Command } from 'commander';
import { Type } from 'typebox';
import { RanSetAside, SetAsidePage, type SetAsideItem } from '../http/schemas/set-aside.ts';
import { addCommand, jsonOf, pageSize, positiveNumber, withJson, type Cli } from './cli.ts';
import type { Column } from './terminal.ts';
import { relativeTime } from './words.ts';

export function addSetAside(program: Command, cli: Cli): void {
  const noun = addCommand(program, {
    usage: 'set-aside',
    summary: 'notifications that could not become events: list, run, discard',
    description:
      'Notifications that were accepted and could not become events as things stood. Each keeps its reason, until it is run ' +
      'again or discarded.',
    examples: ['set-aside list', 'set-aside run', 'set-aside discard 7'],
  });
  addList(noun, cli);
  addRun(noun, cli);
  addDiscard(noun, cli);
}

function columns(nowMs: number): readonly Column<SetAsideItem>[] {
  return [
    { head: 'ID', value: ({ id }) => id, align: 'right' },
    { head: 'SET ASIDE', value: ({ setAsideAt }) => relativeTime(setAsideAt, nowMs) },
    { head: 'SUBSCRIPTION', value: ({ subscription }) => subscription ?? '-' },
    { head: 'CODE', value: ({ code }) => code, colour: () => 'yellow' },
    { head: 'MESSAGE', value: ({ message }) => message, flexible: true },
  ];
}

function addList(noun: Command, cli: Cli): void {
  const command = addCommand(noun, {
    usage: 'list',
    summary: 'list them, the newest first',
    examples: ['set-aside list', 'set-aside list --before 7', 'set-aside list --json'],
  })
    .option('--limit <n>', 'at most so many', pageSize, 100)
    .option('--before <id>', 'those before this one', positiveNumber);
  withJson(command).action(async ({ json, ...query }: { json?: boolean; limit: number; before?: number }) => {
    const api = await cli.api();
    const answer = await api.ask(SetAsidePage, { path: '/set-aside', query });
    if (json === true) return cli.print(jsonOf(answer));
    const { items, next } = answer.body;
    if (items.length === 0) return cli.print('Nothing is set aside: every notification became an event.');
    cli.print(cli.terminal.table(columns(cli.deps.now()), items));
    cli.say('When the cause is gone, run them again: heliograph set-aside run');
    if (next !== null) cli.say(`There are more: heliograph set-aside list --before ${next}`);
  });
}

function addRun(noun: Command, cli: Cli): void {
  const command = addCommand(noun, {
    usage: 'run',
    summary: 'run them again: all, or those named',
    examples: ['set-aside run', 'set-aside run 7 9'],
  }).argument('[ids...]', 'which, as the list shows them', collectIds, []);
  withJson(command).action(async (ids: readonly number[], { json }: { json?: boolean }) => {
    const api = await cli.api();
    const body = ids.length === 0 ? {} : { ids };
    const answer = await api.ask(RanSetAside, { method: 'POST', path: '/set-aside/run', body });
    if (json === true) return cli.print(jsonOf(answer));
    const { ran } = answer.body;
    cli.print(ran === 0 ? 'Nothing was set aside under these ids.' : `${ran} put back into the inbox.`);
  });
}

function collectIds(text: string, before: readonly number[]): number[] {
  return [...new Set([...before, positiveNumber(text)])];
}

function addDiscard(noun: Command, cli: Cli): void {
  const command = addCommand(noun, {
    usage: 'discard',
    summary: 'forget one for good',
    examples: ['set-aside discard 7'],
  }).argument('<id>', 'which, as the list shows it', positiveNumber);
  withJson(command).action(async (id: number, { json }: { json?: boolean }) => {
    const api = await cli.api();
    const answer = await api.ask(Type.Null(), { method: 'DELETE', path: `/set-aside/${id}` });
    cli.print(json === true ? jsonOf(answer) : `${id} is forgotten.`);
  });
}
