import { Option, type Command } from 'commander';
import { CloudEvent, EventDeliveries, EventPage } from '../http/schemas/events.ts';
import { addCommand, jsonOf, pageSize, withJson, type Cli } from './cli.ts';
import { sequenceArgument, timeArgument, withEventFilters, type EventFilters } from './event-filters.ts';
import { eventColumns, eventPage } from './event-view.ts';
import { addTail } from './events-tail.ts';
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

function addList(noun: Command, cli: Cli): void {
  const time = timeArgument(() => cli.deps.now());
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
  )
    .option('--limit <n>', 'at most so many', pageSize, 20)
    .addOption(
      new Option('--order <order>', 'asc: the oldest first (default: desc, or asc with --after)').choices([
        'asc',
        'desc',
      ]),
    )
    .addOption(
      new Option('--after <sequence>', 'those after this one')
        .argParser(sequenceArgument)
        .conflicts('before'),
    )
    .option('--before <sequence>', 'those before this one', sequenceArgument)
    .option('--since <time>', 'from this time on: 2026-01-31T09:00:00Z, or 30m, 2h, 7d ago', time)
    .option('--until <time>', 'before this time', time);
  withJson(command).action(async ({ json, ...options }: ListOptions) => {
    const order = options.order ?? (options.after === undefined ? 'desc' : 'asc');
    const api = await cli.api();
    const answer = await api.ask(EventPage, { path: '/events', query: { ...options, order } });
    if (json === true) return cli.print(jsonOf(answer));
    const { items, next } = answer.body;
    if (items.length > 0) cli.print(cli.terminal.table(eventColumns(cli.deps.now()), items));
    else cli.print('No events here. To see them as they come: heliograph events tail');
    const direction = order === 'asc' ? 'after' : 'before';
    if (items.length === options.limit)
      cli.say(`There may be more: add --${direction} ${shortSequence(next)}`);
  });
}

function addShow(noun: Command, cli: Cli): void {
  const command = addCommand(noun, {
    usage: 'show',
    summary: 'show one event, with its journey and what it carries',
    examples: ['events show 42', 'events show 42 --json'],
  }).argument('<sequence>', 'its sequence, as the list shows it', sequenceArgument);
  withJson(command).action(async (sequence: string, { json }: { json?: boolean }) => {
    const api = await cli.api();
    const answer = await api.ask(CloudEvent, { path: `/events/${sequence}` });
    if (json === true) return cli.print(jsonOf(answer));
    const { journey } = (await api.ask(EventDeliveries, { path: `/events/${sequence}/deliveries` })).body;
    cli.print(eventPage(cli.terminal, { event: answer.body, journey }, cli.deps.now()));
  });
}
