import type { Command } from 'commander';
import { Value } from 'typebox/value';
import { CloudEvent } from '../http/schemas/events.ts';
import { addCommand, withJson, type Cli } from './cli.ts';
import { CommandFailure } from './deps.ts';
import { withEventFilters, type EventFilters } from './event-filters.ts';
import { followEvents } from './event-stream.ts';
import { eventLine } from './event-view.ts';
import { endOfLog, newestSequence } from './newest-sequence.ts';
import { positiveNumber, sequence, typed } from './typed-values.ts';

interface TailOptions extends EventFilters {
  json?: boolean;
  after?: string;
  limit?: number;
}

export function addTail(noun: Command, cli: Cli): void {
  const command = withEventFilters(
    addCommand(noun, {
      usage: 'tail',
      summary: 'show events as they come',
      description:
        'Shows events as they come, until Ctrl-C. After a lost connection it goes on where it stopped: none is missed, none ' +
        'shown twice. With --json one event a line.',
      examples: [
        'events tail',
        'events tail --after 42',
        'events tail --type MessageCreated --limit 1 --json',
      ],
    }),
  );
  command
    .option(
      '--after <sequence>',
      'begin after this one (default: from now on)',
      typed(command, '--after', sequence),
    )
    .option('--limit <n>', 'end after so many', typed(command, '--limit', positiveNumber));
  withJson(command).action(async ({ json = false, after, limit = Infinity, ...filters }: TailOptions) => {
    const api = await cli.api();
    // Said to the hub from the first connection on, or what comes while it is lost would be missed.
    const newest = await newestSequence(api);
    const start = after ?? String(newest);
    const { stdout } = cli.deps;
    const deps = { ...cli.deps, api, say: (text: string) => cli.say(text), random: Math.random };
    if (Number(start) > newest) cli.say(`${endOfLog(newest)}; waiting for event ${Number(start) + 1}.`);
    if (!json && stdout.isTTY === true) cli.say('Waiting for events; Ctrl-C ends it.');
    let shown = 0;
    for await (const { data } of followEvents(
      deps,
      { path: '/events/stream', query: { ...filters } },
      start,
    )) {
      const event: unknown = JSON.parse(data);
      if (!Value.Check(CloudEvent, event))
        throw new CommandFailure('The hub sent something that is not an event.', {
          remedy: 'Check that the hub and this command line are of the same version.',
        });
      cli.print(json ? (data.includes('\n') ? JSON.stringify(event) : data) : eventLine(cli.terminal, event));
      shown += 1;
      if (shown >= limit) return;
    }
  });
}
