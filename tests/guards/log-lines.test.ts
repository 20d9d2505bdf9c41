import { readFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
/** A call of a log, and the line that Fastify writes by the name it is given. */
const WRITES = /\b[lL]og\??\.(?:debug|info|warn|error|fatal|trace)\(|\blistenTextResolver:/g;
/** Names, one or a choice of them, before the statement ends. */
const NAMES = /'([a-z][a-z_-]*\.[a-z][a-z_-]*)'/g;

interface Written {
  file: string;
  name: string | null;
}

/** The names of lines in the source, each where it is written; null for a line without a name that can be read there. */
async function written(): Promise<Written[]> {
  const files = globSync('{src,workers}/**/*.ts', { cwd: ROOT });
  const texts = await Promise.all(
    files.map(async (file) => ({ file, text: await readFile(join(ROOT, file), 'utf8') })),
  );
  return texts.flatMap(({ file, text }) =>
    [...text.matchAll(WRITES)].flatMap(({ index }): Written[] => {
      const statement = text.slice(index, text.indexOf(';', index));
      const names = [...statement.matchAll(NAMES)].map(([, name = '']) => ({ file, name }));
      return names.length > 0 ? names : [{ file, name: null }];
    }),
  );
}

async function documented(): Promise<string[]> {
  const page = await readFile(join(ROOT, 'docs/operating.md'), 'utf8');
  const section = page.split('\n## Log lines\n')[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .map((row) => /^\| (`[^|]*) \|/.exec(row)?.[1] ?? '')
    .flatMap((names) => [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

it('every line of the log has a name that can be found, and a row that says what to do', async () => {
  const lines = await written();
  expect(lines.length).toBeGreaterThan(40);
  expect(lines.filter(({ name }) => name === null)).toEqual([]);
  const rows = await documented();
  expect(lines.filter(({ name }) => !rows.includes(name ?? ''))).toEqual([]);
});

it('every row is of a line that is written, and stands once', async () => {
  const names = new Set((await written()).map(({ name }) => name));
  const rows = await documented();
  expect(rows.filter((row) => !names.has(row))).toEqual([]);
  expect(new Set(rows).size).toBe(rows.length);
});
