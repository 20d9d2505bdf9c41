import type { Command } from 'commander';
import { Type } from 'typebox';
import { RanSetAside, SetAsidePage, type SetAsideItem } from '../http/schemas/set-aside.ts';
import { addCommand, jsonOf, withJson, type Cli } from './cli.ts';
import { CommandFailure } from './deps.ts';
import type { Column } from './terminal.ts';
import { pageSize, positiveNumber, typed } from './typed-values.ts';
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
  });
  command
    .option('--limit <n>', 'at most so many', typed(command, '--limit', pageSize), 100)
    .option('--before <id>', 'those before this one', typed(command, '--before', positiveNumber));
  withJson(command).action(async ({ json, ...query }: { json?: boolean; limit: number; before?: number }) => {
    const api = await cli.api();
    const answer = await api.ask(SetAsidePage, { path: '/set-aside', query });
    if (json === true) return cli.print(jsonOf(answer));
    const { items, next } = answer.body;
    if (items.length === 0)
      return cli.print(
        query.before === undefined
          ? 'Nothing is set aside: every notification became an event.'
          : `Nothing was set aside before ${query.before}.`,
      );
    cli.print(cli.terminal.table(columns(cli.deps.now()), items));
    cli.say(`When the cause is gone, run them again: ${cli.line('set-aside run')}`);
    if (next !== null) cli.say(`There are more: ${cli.line(`set-aside list --before ${next}`)}`);
  });
}

function addRun(noun: Command, cli: Cli): void {
  const command = addCommand(noun, {
    usage: 'run',
    summary: 'run them again: all, or those named',
    examples: ['set-aside run', 'set-aside run 7 9'],
  });
  const oneId = typed(command, 'id', positiveNumber);
  command.argument(
    '[ids...]',
    'which, as the list shows them',
    (text, before: readonly number[] | undefined) => [...new Set([...(before ?? []), oneId(text)])],
  );
  withJson(command).action(async (ids: readonly number[], { json }: { json?: boolean }) => {
    const api = await cli.api();
    const body = ids.length === 0 ? {} : { ids };
    const answer = await api.ask(RanSetAside, {
      method: 'POST',
      path: '/set-aside/run',
      body,
      argument: 'ids',
    });
    const { ran } = answer.body;
    if (json === true) cli.print(jsonOf(answer));
    else if (ran > 0) cli.print(`${ran} put back into the inbox.`);
    else if (ids.length === 0) cli.print('Nothing is set aside, so there is nothing to run.');
    if (ran < ids.length) throw notThere(cli, { asked: ids.length, ran });
  });
}

/** In the words of the API, which says so itself when one is to be discarded. */
function notThere(cli: Cli, { asked, ran }: { asked: number; ran: number }): CommandFailure {
  const which = asked === 1 ? 'this id' : ran === 0 ? 'these ids' : `${asked - ran} of these ${asked} ids`;
  return new CommandFailure(`There is nothing set aside with ${which}.`, { remedy: whatIsThere(cli) });
}

function whatIsThere(cli: Cli): string {
  return `To see what is: ${cli.line('set-aside list')}`;
}

function addDiscard(noun: Command, cli: Cli): void {
  const command = addCommand(noun, {
    usage: 'discard',
    summary: 'forget one for good',
    examples: ['set-aside discard 7'],
  });
  command.argument('<id>', 'which, as the list shows it', typed(command, 'id', positiveNumber));
  withJson(command).action(async (id: number, { json }: { json?: boolean }) => {
    const api = await cli.api();
    const answer = await api.ask(Type.Null(), {
      method: 'DELETE',
      path: `/set-aside/${id}`,
      notFound: whatIsThere(cli),
    });
    cli.print(json === true ? jsonOf(answer) : `${id} is forgotten.`);
  });
}
