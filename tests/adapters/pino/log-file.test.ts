import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openLogFile } from '../../../src/adapters/pino/log-file.ts';
import { until } from '../../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'heliograph-log-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MAX_BYTES = 1_000;
const LINE_BYTES = 100;

function line(number: number): string {
  return `${String(number).padEnd(LINE_BYTES - 1, '.')}\n`;
}

function numbersIn(path: string): number[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => Number(text.replaceAll('.', '')));
}

/** Writes line after line, each when the one before it is on the disk, and closes the file. */
async function write(path: string, numbers: readonly number[]): Promise<void> {
  const file = openLogFile(path, MAX_BYTES);
  await once(file, 'ready');
  for (const number of numbers) {
    const written = once(file, 'write');
    file.write(line(number));
    await written;
  }
  const closed = once(file, 'close');
  await until(() => statSync(path, { throwIfNoEntry: false }) !== undefined);
  file.end();
  await closed;
}

test('a full log file becomes the one before it, and no line is lost on the way', async () => {
  const path = join(folder, 'full.log');
  const all = Array.from({ length: 34 }, (_, index) => index);
  await write(path, all);
  expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(MAX_BYTES);
  expect(statSync(path).size).toBeLessThanOrEqual(MAX_BYTES);
  expect([...numbersIn(`${path}.1`), ...numbersIn(path)]).toEqual(all.slice(20));
});

test('what is there from the last start counts', async () => {
  const path = join(folder, 'again.log');
  await write(path, [1, 2, 3, 4, 5, 6]);
  await write(path, [7, 8, 9, 10, 11]);
  expect(numbersIn(`${path}.1`)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(numbersIn(path)).toEqual([11]);
});

test('one that cannot be renamed grows on', async () => {
  const path = join(folder, 'stuck.log');
  mkdirSync(`${path}.1`);
  writeFileSync(join(`${path}.1`, 'in-the-way'), '');
  const all = Array.from({ length: 25 }, (_, index) => index);
  await write(path, all);
  expect(numbersIn(path)).toEqual(all);
});
