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
        const lines = terminal(60).table(COLUMNS, rows).trimEnd().split('\n');
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
        expect(lines.length).toBeLessThanOrEqual(rows.length + 1);
      },
    ),
  );
});

it('is 100 columns wide and without colours where there is no terminal', () => {
  expect(terminal(undefined)).toMatchObject({ width: 100, colours: false });
  expect(terminal(undefined).table(COLUMNS, [['a', 'b']])).toBe('ONE  TWO\na    b\n');
  expect(terminal(0, true).width).toBe(100);
  expect(terminal(80, true).table(COLUMNS, [['a', 'b']])).toContain('\u001b[31ma\u001b[39m');
});

it('cuts a path in the middle and a sentence at its end', () => {
  expect(shortened('users/0123456789/messages', 15, 'middle')).toBe('users/0…essages');
  expect(shortened('users/0123456789/messages', 10)).toBe('users/012…');
  expect(shortened('short', 10, 'middle')).toBe('short');
});
