import { Option, type Command } from 'commander';
import { oneOf } from '../config/kinds.ts';
import { CloudEvent, EventDeliveries, EventPage } from '../http/schemas/events.ts';
import type { ApiClient } from './api-client.ts';
import { addCommand, jsonOf, withJson, type Cli } from './cli.ts';
import { withEventFilters, type EventFilters } from './event-filters.ts';
import { eventColumns, eventPage } from './event-view.ts';
import { addTail } from './events-tail.ts';
import { endOfLog, newestSequence } from './newest-sequence.ts';
import { pageSize, refuseUsage, sequence, time, typed } from './typed-values.ts';
import { shortSequence } from './words.ts';

export function addEvents(program: Command, cli: Cli): void {
  const noun = addCommand(program, {
    usage: 'events',
    summary: 'what happened: list, tail, show',
    examples: ['events list', 'events tail', 'events show 42'],
  });
  addList(noun, cli);
  addTail(noun, cli);
  addShow(noun, cli);
}

interface ListOptions extends EventFilters {
  json?: boolean;
  limit: number;
  order?: 'asc' | 'desc';
  after?: string;
  before?: string;
  since?: string;
  until?: string;
}

const ORDERS = ['asc', 'desc'] as const;

function addList(noun: Command, cli: Cli): void {
  const command = withEventFilters(
    addCommand(noun, {
      usage: 'list',
      summary: 'list events, the newest first',
      examples: [
        'events list',
        'events list --type MessageCreated --since 2h',
        "events list --subject 'users/{id}/*' --limit 100",
        'events list --after 42 --json',
      ],
    }),
  );
  const timeOf = time(() => cli.deps.now());
  command
    .option('--limit <n>', 'at most so many', typed(command, '--limit', pageSize), 20)
    .addOption(
      new Option('--order <order>', 'asc: the oldest first (default: desc, or asc with --after)')
        .choices(ORDERS)
        .argParser(typed(command, '--order', oneOf(ORDERS))),
    )
    .addOption(
      new Option('--after <sequence>', 'those after this one')
        .argParser(typed(command, '--after', sequence))
        .conflicts('before'),
    )
    .option('--before <sequence>', 'those before this one', typed(command, '--before', sequence))
    .option(
      '--since <time>',
      'from this time on: 2026-01-31T09:00:00Z, or 30m, 2h, 7d ago',
      typed(command, '--since', timeOf),
    )
    .option('--until <time>', 'before this time', typed(command, '--until', timeOf));
  withJson(command).action(async ({ json, ...options }: ListOptions) => {
    const { after, before } = options;
    const order = options.order ?? (after === undefined ? 'desc' : 'asc');
    if (order === 'desc' && after !== undefined) refuseUsage(command, '--after goes with --order asc.');
    if (order === 'asc' && before !== undefined) refuseUsage(command, '--before goes with --order desc.');
    const api = await cli.api();
    const answer = await api.ask(EventPage, { path: '/events', query: { ...options, order } });
    if (json === true) return cli.print(jsonOf(answer));
    const { items, next } = answer.body;
    if (items.length === 0) return cli.print(await whyNone(cli, api, options));
    cli.print(cli.terminal.table(eventColumns(cli.terminal, cli.deps.now()), items));
    const direction = order === 'asc' ? 'after' : 'before';
    if (items.length === options.limit)
      cli.say(`There may be more: add --${direction} ${shortSequence(next)}`);
  });
}

/** What a person should know where a list is empty. */
async function whyNone(cli: Cli, api: ApiClient, asked: Pick<ListOptions, 'after'>): Promise<string> {
  const newest = await newestSequence(api);
  const come = `To see events as they come: ${cli.line('events tail')}`;
  if (newest === 0) return `There are no events yet. ${come}`;
  if (asked.after !== undefined && Number(asked.after) >= newest)
    return `There is no event after ${shortSequence(asked.after)}. ${endOfLog(newest)}. ${come}`;
  return `No event matches. ${endOfLog(newest)}.`;
}

function addShow(noun: Command, cli: Cli): void {
  const command = addCommand(noun, {
    usage: 'show',
    summary: 'show one event, with its journey and what it carries',
    examples: ['events show 42', 'events show 42 --json'],
  });
  command.argument('<sequence>', 'its sequence, as the list shows it', typed(command, 'sequence', sequence));
  withJson(command).action(async (which: string, { json }: { json?: boolean }) => {
    const api = await cli.api();
    const answer = await api.ask(CloudEvent, {
      path: `/events/${which}`,
      notFound: `To see what there is: ${cli.line('events list')}`,
    });
    if (json === true) return cli.print(jsonOf(answer));
    const { journey } = (await api.ask(EventDeliveries, { path: `/events/${which}/deliveries` })).body;
    cli.print(eventPage(cli.terminal, { event: answer.body, journey }, cli.deps.now()));
  });
}
