import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { CliDeps } from './deps.ts';
import { oneLine } from './words.ts';

/** Of a terminal that does not know, and of prose where there is none: narrow enough for a split screen. */
const WIDTH_NOT_KNOWN = 100;

export type Colour = 'green' | 'yellow' | 'red' | 'dim' | 'bold';

/** One column; the one that is `flexible` gives way where the terminal is narrow. What goes to a file or a program is whole. */
export interface Column<Row> {
  head: string;
  value: (row: Row) => string | number;
  colour?: (row: Row) => Colour | null;
  align?: 'right';
  flexible?: boolean;
  /** Where a text that is too long is cut: paths tell more by both ends than by their beginning. */
  cut?: 'middle';
}

/** How this terminal shows things: its width, whether it has colours. */
export interface Terminal {
  width: number;
  colours: boolean;
  /** The text in this colour where there are colours. */
  paint(colour: Colour | null, text: string): string;
  /** Nothing is cut: what is written goes to a file or a program. */
  whole: boolean;
  /** The text, cut where the terminal ends; whole where there is none. */
  cut(text: string): string;
  table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string;
  /** Names and values under each other. */
  fields(fields: readonly (readonly [name: string, value: string, colour?: Colour])[]): string;
}

export function terminalOf({ stdout, env }: Pick<CliDeps, 'stdout' | 'env'>): Terminal {
  const colours = stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  // Some terminals do not know their width, and say that it is 0.
  const width = stdout.columns === undefined || stdout.columns === 0 ? WIDTH_NOT_KNOWN : stdout.columns;
  const whole = stdout.isTTY !== true;
  const room = whole ? Infinity : width;
  const paint = (colour: Colour | null, text: string): string =>
    colours && colour !== null ? styleText(colour, text, { validateStream: false }) : text;
  return {
    width,
    colours,
    paint,
    whole,
    cut: (text) => shortened(text, room),
    table: (columns, rows) => table({ width: room, paint }, columns, rows),
    fields: (fields) => {
      const longest = Math.max(...fields.map(([name]) => name.length));
      return fields
        .map(
          ([name, value, colour]) =>
            `${paint('dim', name.padEnd(longest))}  ${paint(colour ?? null, oneLine(value))}\n`,
        )
        .join('');
    },
  };
}

function table<Row>(
  { width, paint }: Pick<Terminal, 'width' | 'paint'>,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): string {
  const texts = rows.map((row) => columns.map(({ value }) => oneLine(String(value(row)))));
  const heads = columns.map(({ head }) => head);
  const gap = 2;
  const natural = heads.map((head, index) =>
    Math.max(head.length, ...texts.map((row) => row[index]?.length ?? 0)),
  );
  const fixed = natural.reduce(
    (sum, size, index) => sum + gap + (columns[index]?.flexible === true ? 0 : size),
    0,
  );
  const room = Math.max(10, width - fixed);
  const cells = rows.map((row, at) =>
    columns.map(({ colour, flexible, cut }, index) => {
      const text = texts[at]?.[index] ?? '';
      return paint(colour?.(row) ?? null, flexible === true ? shortened(text, room, cut) : text);
    }),
  );
  // What is wider than it is long, as Chinese is, the table itself cuts.
  const colWidths = natural.map((size, index) =>
    columns[index]?.flexible === true && Number.isFinite(room) ? Math.min(size, room) + gap : null,
  );
  const lines = new Table({
    head: heads.map((head) => paint('bold', head)),
    colWidths,
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap, compact: true },
    chars: BORDERLESS,
  });
  lines.push(...cells);
  return `${lines
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

/** The text in so many characters. */
export function shortened(text: string, length: number, cut?: 'middle'): string {
  if (text.length <= length) return text;
  const tail = cut === 'middle' ? Math.floor((length - 1) / 2) : 0;
  return `${text.slice(0, length - 1 - tail)}…${text.slice(text.length - tail)}`;
}

const BORDERLESS = Object.fromEntries(
  [
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ]
    .flat()
    .map((name) => [name, '']),
);
