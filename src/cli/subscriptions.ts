import { Option, type Command } from 'commander';
import { Type } from 'typebox';
import { listOf, oneOf } from '../config/kinds.ts';
import { CHANGE_TYPES } from '../core/resource-catalogue.ts';
import { FETCH_MODES } from '../core/subscription.ts';
import { type NewSubscription, Subscription, SubscriptionPage } from '../http/schemas/subscriptions.ts';
import { addCommand, jsonOf, withJson, type Cli } from './cli.ts';
import { addRenew } from './subscriptions-renew.ts';
import {
  statusColour,
  subscriptionColumns,
  subscriptionFields,
  troubleOf,
  whatIsWatched,
} from './subscription-view.ts';
import { pageSize, subscriptionKey, textUpTo, typed } from './typed-values.ts';
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

/** How the changed resource can be fetched today, of the ways that the API names. */
const FETCH_MODES_TODAY = ['get', 'none'];

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
  });
  command
    .requiredOption(
      '--resource <path>',
      "what to watch: Graph's path, relative",
      typed(command, '--resource', textUpTo(2048)),
    )
    .option(
      '--change-types <list>',
      'some of created,updated,deleted (default: all the resource allows)',
      typed(command, '--change-types', listOf(oneOf(CHANGE_TYPES))),
    )
    .option('--tenant <id>', 'whose (default: the only tenant)', typed(command, '--tenant', textUpTo(64)))
    .addOption(
      new Option('--fetch <how>', 'how the changed resource is fetched (default: get)')
        .choices(FETCH_MODES_TODAY)
        .argParser(typed(command, '--fetch', oneOf(FETCH_MODES))),
    )
    // Refused by the hub as things stand, which says so to whoever asks for it.
    .addOption(new Option('--rich', 'ask Graph to send the changed resource along, encrypted').hideHelp());
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
    if (answer.body.reason !== null) cli.say(oneLine(answer.body.reason.message));
    cli.say(
      `It is kept, and the hub goes on trying until Graph accepts it. How it stands: ${cli.line(`subscriptions show ${key}`)}`,
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
  });
  command
    .option('--limit <n>', 'at most so many', typed(command, '--limit', pageSize), 100)
    .option('--after <key>', 'those after this key', typed(command, '--after', subscriptionKey));
  withJson(command).action(async ({ json, ...query }: { json?: boolean; limit: number; after?: string }) => {
    const api = await cli.api();
    const answer = await api.ask(SubscriptionPage, { path: '/subscriptions', query });
    if (json === true) return cli.print(jsonOf(answer));
    const { items, next } = answer.body;
    if (items.length === 0)
      return cli.print(
        query.after === undefined
          ? `Nothing is watched yet. Begin: ${cli.line('subscriptions create --resource users/{id}/messages')}`
          : `There is no subscription after ${query.after}.`,
      );
    cli.print(cli.terminal.table(subscriptionColumns(cli.deps.now()), items));
    for (const line of items.flatMap(troubleOf)) cli.print(oneLine(line));
    if (next !== null) cli.say(`There are more: ${cli.line(`subscriptions list --after ${next}`)}`);
  });
}

function addShow(noun: Command, cli: Cli): void {
  const command = addCommand(noun, {
    usage: 'show',
    summary: 'show one, with its status, its reason and what to do',
    examples: ['subscriptions show KEY', 'subscriptions show KEY --json'],
  });
  command.argument('<key>', 'its key, as the list shows it', typed(command, 'key', subscriptionKey));
  withJson(command).action(async (key: string, { json }: { json?: boolean }) => {
    const api = await cli.api();
    const answer = await api.ask(Subscription, {
      path: `/subscriptions/${key}`,
      notFound: whatIsWatched(cli),
    });
    cli.print(json === true ? jsonOf(answer) : subscriptionFields(cli.terminal, answer.body, cli.deps.now()));
  });
}

function addDelete(noun: Command, cli: Cli): void {
  const command = addCommand(noun, {
    usage: 'delete',
    summary: 'watch it no longer',
    description: 'Deletes it at Graph and here. Its events stay in the log.',
    examples: ['subscriptions delete KEY'],
  });
  command.argument('<key>', 'its key, as the list shows it', typed(command, 'key', subscriptionKey));
  withJson(command).action(async (key: string, { json }: { json?: boolean }) => {
    const api = await cli.api();
    const answer = await api.ask(Type.Null(), {
      method: 'DELETE',
      path: `/subscriptions/${key}`,
      notFound: whatIsWatched(cli),
    });
    if (json === true) cli.print(jsonOf(answer));
    else if (answer.status === 202)
      cli.print(`${key} is being deleted; Graph cannot be asked just now, and the hub goes on trying.`);
    else cli.print(`${key} is deleted.`);
  });
}
