import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { shortened, terminalOf, type Column } from '../../src/cli/terminal.ts';

const COLUMNS: readonly Column<string[]>[] = [
  { head: 'ONE', value: (row) => row[0] ?? '', colour: () => 'red' },
  { head: 'TWO', value: (row) => row[1] ?? '', flexible: true, cut: 'middle' },
];

function terminal(columns: number | undefined, isTTY = false) {
  const stdout = { write: () => true, isTTY, ...(columns !== undefined && { columns }) };
  return terminalOf({ stdout, env: {} });
}

it('fits whatever it is given into the width there is, one row a line', () => {
  const cell = fc.string({ maxLength: 200 });
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          cell.map((text) => text.slice(0, 30)),
          cell,
        ),
        { minLength: 1, maxLength: 5 },
      ),
      (rows) => {
        const lines = terminal(60, true).table(COLUMNS, rows).trimEnd().split('\n');
        const shown = lines.map((line) => stripVTControlCharacters(line).length);
        expect(Math.max(...shown)).toBeLessThanOrEqual(60);
        expect(lines.length).toBeLessThanOrEqual(rows.length + 1);
      },
    ),
  );
});

it('writes prose 100 columns wide, cells whole and nothing in colours where there is no terminal', () => {
  expect(terminal(undefined)).toMatchObject({ width: 100, colours: false });
  const long = 'users/0123456789/messages'.repeat(8);
  expect(terminal(undefined).table(COLUMNS, [['a', long]])).toBe(`ONE  TWO\na    ${long}\n`);
  expect(terminal(undefined).cut(long)).toBe(long);
  expect(terminal(20, true).cut(long)).toBe('users/0123456789/me…');
  expect(terminal(undefined).table(COLUMNS, [['a', 'b']])).toBe('ONE  TWO\na    b\n');
  expect(terminal(0, true).width).toBe(100);
  expect(terminal(80, true).table(COLUMNS, [['a', 'b']])).toContain('\u001b[31ma\u001b[39m');
});

it('cuts a path in the middle and a sentence at its end', () => {
  expect(shortened('users/0123456789/messages', 15, 'middle')).toBe('users/0…essages');
  expect(shortened('users/0123456789/messages', 10)).toBe('users/012…');
  expect(shortened('short', 10, 'middle')).toBe('short');
});
