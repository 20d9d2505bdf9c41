import type { CloudEvent, Journey } from '../http/schemas/events.ts';
import type { Column, Terminal } from './terminal.ts';
import { fullTime, oneLine, relativeTime, shortSequence } from './words.ts';

/** What all types of Graph begin with takes a fifth of a line and says nothing. */
function shortType(type: string): string {
  return type.replace(/^Microsoft\.Graph\./, '');
}

export function eventColumns(nowMs: number): readonly Column<CloudEvent>[] {
  return [
    { head: 'SEQUENCE', value: ({ sequence }) => shortSequence(sequence), align: 'right' },
    { head: 'TIME', value: ({ time }) => relativeTime(time, nowMs) },
    {
      head: 'TYPE',
      value: ({ type }) => shortType(type),
      colour: ({ data }) => (data.reason === undefined ? null : 'yellow'),
    },
    { head: 'SUBJECT', value: ({ subject }) => subject, flexible: true, cut: 'middle' },
  ];
}

/** One event in one line. */
export function eventLine(terminal: Pick<Terminal, 'cut'>, event: CloudEvent): string {
  const reason = event.data.reason === undefined ? '' : ` (${event.data.reason.code})`;
  return terminal.cut(
    oneLine(
      `${event.time.slice(0, 19)}Z  ${shortSequence(event.sequence).padStart(6)}  ${shortType(event.type).padEnd(16)}  ${event.subject}${reason}`,
    ),
  );
}

/** One event with its journey and what it carries. */
export function eventPage(
  terminal: Terminal,
  { event, journey }: { event: CloudEvent; journey: Journey },
  nowMs: number,
): string {
  const since = (time: string | null): string =>
    time === null ? '-' : `+${Date.parse(time) - Date.parse(journey.acceptedAt)} ms`;
  const fields = terminal.fields([
    ['sequence', shortSequence(event.sequence)],
    ['type', event.type],
    ['subject', event.subject],
    ['time', fullTime(event.time, nowMs)],
    ['origin', event.origin],
    ['subscription', event.subscriptionkey ?? '-'],
    ['tenant', event.tenantid ?? '-'],
    ['id', event.id],
    ['accepted', journey.acceptedAt],
    ['verified', since(journey.verifiedAt)],
    ['fetched', since(journey.fetchedAt)],
    ['appended', since(journey.appendedAt)],
    ...(event.data.reason === undefined
      ? []
      : ([['no resource', `${event.data.reason.message} (${event.data.reason.code})`, 'yellow']] as const)),
  ]);
  const content = JSON.stringify(event.data.resource ?? event.data.resourceData ?? null, null, 2);
  return `${fields}\n${content.split('\n').map(oneLineOfJson).join('\n')}\n`;
}

/** JSON escapes most of what a terminal would obey; not the rest of the control characters. */
function oneLineOfJson(line: string): string {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return indent + oneLine(line.slice(indent.length));
}
