import { InvalidArgumentError, Option, type Command } from 'commander';
import { Type } from 'typebox';
import { isSubscriptionKey } from '../core/client-state.ts';
import { CHANGE_TYPES, type ChangeType } from '../core/resource-catalogue.ts';
import { FETCH_MODES } from '../core/subscription.ts';
import { type NewSubscription, Subscription, SubscriptionPage } from '../http/schemas/subscriptions.ts';
import { addCommand, jsonOf, pageSize, withJson, type Cli } from './cli.ts';
import { addRenew } from './subscriptions-renew.ts';
import { statusColour, subscriptionColumns, subscriptionFields, troubleOf } from './subscription-view.ts';
import { oneLine, relativeTime } from './words.ts';

export function addSubscriptions(program: Command, cli: Cli): void {
  const noun = addCommand(program, {
    usage: 'subscriptions',
    summary: 'what is watched: create, list, show, renew, delete',
    examples: [
      'subscriptions list',
      'subscriptions create --resource users/{id}/messages',
      'subscriptions renew --due',
    ],
  });
  addCreate(noun, cli);
  addList(noun, cli);
  addShow(noun, cli);
  addRenew(noun, cli);
  addDelete(noun, cli);
}

/** A subscription's key as an argument. */
function keyArgument(text: string): string {
  if (!isSubscriptionKey(text)) throw new InvalidArgumentError('A key has 16 to 40 of a-z and 0-9.');
  return text;
}

function changeTypeList(text: string): ChangeType[] {
  const given = text.split(',').map((part) => part.trim());
  const known = CHANGE_TYPES.filter((each) => given.includes(each));
  if (known.length === 0 || given.some((each) => !known.some((name) => name === each)))
    throw new InvalidArgumentError(`Give some of ${CHANGE_TYPES.join(',')}.`);
  return known;
}

function addCreate(noun: Command, cli: Cli): void {
  const command = addCommand(noun, {
    usage: 'create',
    summary: 'watch a resource',
    description:
      'Watches a resource from now on. Fails when Graph refuses; while Graph cannot be asked, the hub goes on trying.',
    examples: [
      'subscriptions create --resource users/{id}/messages',
      'subscriptions create --resource users/{id}/events --change-types created,deleted',
      'subscriptions create --resource chats/{id}/messages --fetch none --json',
    ],
  })
    .requiredOption('--resource <path>', "what to watch: Graph's path, relative")
    .option(
      '--change-types <list>',
      'some of created,updated,deleted (default: all the resource allows)',
      changeTypeList,
    )
    .option('--tenant <id>', 'whose (default: the only tenant)')
    .option('--rich', 'ask Graph to send the changed resource along, encrypted')
    .addOption(
      new Option(
        '--fetch <how>',
        'how the changed resource is fetched (default: get, or delta where there is no other way)',
      ).choices(FETCH_MODES),
    );
  withJson(command).action(async ({ json, ...wish }: NewSubscription & { json?: boolean }) => {
    const api = await cli.api();
    const answer = await api.ask(Subscription, { method: 'POST', path: '/subscriptions', body: wish });
    const { key, status, resource, expiresAt } = answer.body;
    if (json === true) cli.print(jsonOf(answer));
    else {
      const expiry = expiresAt === null ? '' : `, expires ${relativeTime(expiresAt, cli.deps.now())}`;
      cli.print(`${key}  ${cli.terminal.paint(statusColour(status), status)}${expiry}  ${oneLine(resource)}`);
    }
    if (answer.status !== 202) return;
    for (const line of troubleOf(answer.body)) cli.say(oneLine(line));
    cli.say(
      `Graph has not accepted it yet. The scheduler goes on trying: heliograph subscriptions show ${key}`,
    );
  });
}

function addList(noun: Command, cli: Cli): void {
  const command = addCommand(noun, {
    usage: 'list',
    summary: 'list what is watched',
    examples: [
      'subscriptions list',
      'subscriptions list --limit 10 --after KEY',
      'subscriptions list --json',
    ],
  })
    .option('--limit <n>', 'at most so many', pageSize, 100)
    .option('--after <key>', 'those after this key', keyArgument);
  withJson(command).action(async ({ json, ...query }: { json?: boolean; limit: number; after?: string }) => {
    const api = await cli.api();
    const answer = await api.ask(SubscriptionPage, { path: '/subscriptions', query });
    if (json === true) return cli.print(jsonOf(answer));
    const { items, next } = answer.body;
    if (items.length === 0 && query.after === undefined)
      return cli.print(
        'Nothing is watched yet. Begin: heliograph subscriptions create --resource users/{id}/messages',
      );
    if (items.length > 0) cli.print(cli.terminal.table(subscriptionColumns(cli.deps.now()), items));
    for (const line of items.flatMap(troubleOf)) cli.print(oneLine(line));
    if (next !== null) cli.say(`There are more: heliograph subscriptions list --after ${next}`);
  });
}

function addShow(noun: Command, cli: Cli): void {
  const command = addCommand(noun, {
    usage: 'show',
    summary: 'show one, with its status, its reason and what to do',
    examples: ['subscriptions show KEY', 'subscriptions show KEY --json'],
  }).argument('<key>', 'its key, as the list shows it', keyArgument);
  withJson(command).action(async (key: string, { json }: { json?: boolean }) => {
    const api = await cli.api();
    const answer = await api.ask(Subscription, { path: `/subscriptions/${key}` });
    cli.print(json === true ? jsonOf(answer) : subscriptionFields(cli.terminal, answer.body, cli.deps.now()));
  });
}

function addDelete(noun: Command, cli: Cli): void {
  const command = addCommand(noun, {
    usage: 'delete',
    summary: 'watch it no longer',
    description: 'Deletes it at Graph and here. Its events stay in the log.',
    examples: ['subscriptions delete KEY'],
  }).argument('<key>', 'its key, as the list shows it', keyArgument);
  withJson(command).action(async (key: string, { json }: { json?: boolean }) => {
    const api = await cli.api();
    const answer = await api.ask(Type.Null(), { method: 'DELETE', path: `/subscriptions/${key}` });
    if (json === true) cli.print(jsonOf(answer));
    else if (answer.status === 202)
      cli.print(`${key} is being deleted; Graph cannot be asked just now, and the hub goes on trying.`);
    else cli.print(`${key} is deleted.`);
  });
}
