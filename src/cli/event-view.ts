import { aboutOf } from '../core/about.ts';
import { shortenPath, shortType } from '../core/shorten.ts';
import type { CloudEvent, Journey } from '../http/schemas/events.ts';
import type { Column, Terminal } from './terminal.ts';
import { fullTime, oneLine, relativeTime, shortSequence } from './words.ts';

/** A terminal narrower than this has no room for the subjects; the sequence is the handle then. */
const SUBJECTS_FROM = 100;
/** Of each segment of a subject. */
const SEGMENT = 12;

export function eventColumns(
  { width, whole }: Pick<Terminal, 'width' | 'whole'>,
  nowMs: number,
): readonly Column<CloudEvent>[] {
  const columns: Column<CloudEvent>[] = [
    { head: 'SEQUENCE', value: ({ sequence }) => shortSequence(sequence), align: 'right' },
    { head: 'TIME', value: ({ time }) => relativeTime(time, nowMs) },
    {
      head: 'TYPE',
      value: ({ type }) => shortType(type),
      colour: ({ data }) => (data.reason === undefined ? null : 'yellow'),
    },
    {
      head: 'ABOUT',
      value: (event) => aboutOf(event).text,
      colour: (event) => (aboutOf(event).known ? null : 'dim'),
      flexible: true,
    },
  ];
  return whole || width >= SUBJECTS_FROM
    ? [
        ...columns,
        { head: 'SUBJECT', value: ({ subject }) => (whole ? subject : shortenPath(subject, SEGMENT)) },
      ]
    : columns;
}

/** One event in one line. */
export function eventLine({ cut, whole }: Pick<Terminal, 'cut' | 'whole'>, event: CloudEvent): string {
  const reason = event.data.reason === undefined ? '' : ` (${event.data.reason.code})`;
  const subject = whole ? event.subject : shortenPath(event.subject, SEGMENT);
  return cut(
    oneLine(
      `${event.time.slice(0, 19)}Z  ${shortSequence(event.sequence).padStart(6)}  ${shortType(event.type).padEnd(16)}  ${subject}${reason}  ${aboutOf(event).text}`,
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
