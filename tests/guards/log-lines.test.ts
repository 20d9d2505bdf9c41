import { readFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
/** A call of a log, and the line that Fastify writes by the name it is given. */
const WRITES = /\b[lL]og\??\.(?:debug|info|warn|error|fatal|trace)\(|\blistenTextResolver:/g;
/** The name of a line: it ends the call. */
const NAME = /'([a-z][a-z_-]*\.[a-z][a-z_-]*)',?\s*[)}]/;

/** The names of lines in the source, each where it is written; null for a line whose name is no literal at its end. */
async function written(): Promise<{ file: string; name: string | null }[]> {
  const files = globSync('{src,workers}/**/*.ts', { cwd: ROOT });
  const texts = await Promise.all(
    files.map(async (file) => ({ file, text: await readFile(join(ROOT, file), 'utf8') })),
  );
  return texts.flatMap(({ file, text }) => {
    const starts = [...text.matchAll(WRITES)].map(({ index }) => index);
    return starts.map((start, index) => ({
      file,
      name: NAME.exec(text.slice(start, starts[index + 1]))?.[1] ?? null,
    }));
  });
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
