import type { Command } from 'commander';
import { DestinationList, type Destination } from '../http/schemas/realtime.ts';
import { addCommand, jsonOf, withJson, type Cli } from './cli.ts';
import type { Column } from './terminal.ts';
import { oneLine, relativeTime, shortSequence } from './words.ts';

const STATUS_COLOURS = { active: 'green', failing: 'red', paused: 'dim' } as const;

function columns(nowMs: number): readonly Column<Destination>[] {
  return [
    { head: 'NAME', value: ({ name }) => name, flexible: true },
    { head: 'KIND', value: ({ kind }) => kind },
    { head: 'STATUS', value: ({ status }) => status, colour: ({ status }) => STATUS_COLOURS[status] },
    { head: 'CURSOR', value: ({ cursor }) => shortSequence(cursor), align: 'right' },
    { head: 'BEHIND', value: ({ lag }) => lag, align: 'right' },
    { head: 'PARKED', value: ({ parked }) => parked, align: 'right' },
    { head: 'DELIVERED', value: ({ lastDeliveredAt }) => relativeTime(lastDeliveredAt, nowMs) },
  ];
}

export function addDestinations(program: Command, cli: Cli): void {
  const noun = addCommand(program, {
    usage: 'destinations',
    summary: 'where events go: list',
    examples: ['destinations list', 'destinations list --json'],
  });
  const list = addCommand(noun, {
    usage: 'list',
    summary: 'list them, with how far each has read the log',
    examples: ['destinations list', 'destinations list --json'],
  });
  withJson(list).action(async ({ json }: { json?: boolean }) => {
    const api = await cli.api();
    const answer = await api.ask(DestinationList, { path: '/destinations' });
    if (json === true) return cli.print(jsonOf(answer));
    const { items } = answer.body;
    const nowMs = cli.deps.now();
    if (items.length === 0)
      return cli.print(
        'There are no destinations yet. A hub with the role workers makes `realtime` at its start.',
      );
    cli.print(cli.terminal.table(columns(nowMs), items));
    for (const { name, lastError, retryAt, status } of items)
      if (status === 'failing' && lastError !== null)
        cli.print(
          oneLine(
            `${name}: ${lastError.message} (${lastError.code}), next try ${relativeTime(retryAt, nowMs)}`,
          ),
        );
  });
}
