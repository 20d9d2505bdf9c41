import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

/*
 * Imports point toward `core`. Each room may import the rooms named with it and itself; a package is known to its own rooms only.
 */

const ROOT = resolve(import.meta.dirname, '../..');

const ROOMS: Record<string, readonly string[]> = {
  'src/core': [],
  'src/ports': ['src/core'],
  'src/steps': ['src/core', 'src/ports'],
  'src/adapters': ['src/core', 'src/ports'],
  'src/config': ['src/core', 'src/config.ts'],
  'src/config.ts': ['src/core', 'src/config'],
  'src/local': ['src/core', 'src/ports', 'src/steps', 'src/config'],
  'src/http': ['src/core', 'src/ports', 'src/steps'],
  'src/cli': ['src/core', 'src/config', 'src/config.ts', 'src/http/schemas', 'package.json'],
  'src/hub.ts': ['src'],
  'src/start.ts': ['src', 'workers', 'package.json'],
  'src/banner.ts': ['src', 'package.json'],
  'src/main.ts': ['src/cli', 'src/start.ts'],
  workers: ['src/core', 'src/ports', 'src/steps', 'src/hub.ts'],
};

/** Packages that belong to one room, so that they can be changed there. */
const PACKAGES: Record<string, readonly string[]> = {
  pg: ['src/adapters/postgres', 'src/adapters/bullmq'],
  bullmq: ['src/adapters/bullmq'],
  ioredis: ['src/adapters/bullmq'],
  fastify: ['src/http', 'src/start.ts', 'src/local/graph-simulator'],
  pino: ['src/adapters/pino', 'src/start.ts', 'src/local/graph-simulator', 'src/local/web-pubsub-server'],
  commander: ['src/cli'],
  '@azure/web-pubsub': ['src/adapters/web-pubsub'],
  '@microsoft/microsoft-graph-client': ['src/adapters/graph'],
  '@azure/identity': ['src/adapters', 'src/hub.ts'],
  '@electric-sql/pglite': ['src/local/embedded-postgres'],
  'prom-client': ['src/http'],
  jose: ['src/adapters', 'src/local'],
};

interface Import {
  file: string;
  from: string;
}

async function importsOf(folder: string): Promise<Import[]> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name));
  const found = await Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const text = await readFile(path, 'utf8');
      const specifiers = text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g);
      return [...specifiers].map(([, specifier = '']) => ({
        file: relative(ROOT, path),
        from: specifier.startsWith('.') ? relative(ROOT, resolve(dirname(path), specifier)) : specifier,
      }));
    }),
  );
  return found.flat();
}

function lies(path: string, room: string): boolean {
  return path === room || path.startsWith(`${room}/`);
}

function roomOf(file: string): string | undefined {
  return Object.keys(ROOMS).find((room) => lies(file, room));
}

function actOf(path: string): string | undefined {
  return /^src\/steps\/([^/]+)\//.exec(path)?.[1];
}

it('lets imports point toward core only', async () => {
  const imports = [...(await importsOf('src')), ...(await importsOf('workers'))];
  expect(imports.length).toBeGreaterThan(200);
  const wrong = imports.filter(({ file, from }) => {
    if (!/^(src|workers|webapp|tests|package\.json)/.test(from)) return false;
    const room = roomOf(file);
    return room === undefined || ![room, ...(ROOMS[room] ?? [])].some((allowed) => lies(from, allowed));
  });
  expect(wrong).toEqual([]);
});

it('keeps each adapter to itself', async () => {
  const wrong = (await importsOf('src/adapters')).filter(
    ({ file, from }) => from.startsWith('src/adapters/') && from.split('/')[2] !== file.split('/')[2],
  );
  expect(wrong).toEqual([]);
});

it('keeps the acts of the flow apart: what they share lies in steps itself', async () => {
  const imports = await importsOf('src/steps');
  expect(new Set(imports.map(({ file }) => actOf(file)))).toEqual(
    new Set(['receive', 'process', 'deliver', 'keep-alive', undefined]),
  );
  const wrong = imports.filter(({ file, from }) => actOf(from) !== undefined && actOf(from) !== actOf(file));
  expect(wrong).toEqual([]);
});

it('keeps packages to their rooms', async () => {
  const wrong = (await importsOf('src')).filter(({ file, from }) => {
    const owner = Object.keys(PACKAGES).find((name) => from === name || from.startsWith(`${name}/`));
    return owner !== undefined && !(PACKAGES[owner] ?? []).some((room) => lies(file, room));
  });
  expect(wrong).toEqual([]);
});

it('lets the dashboard take of the server what is pure: core, and the types of the schemas', async () => {
  const entries = await readdir(join(ROOT, 'webapp/src'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name));
  const texts = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')));
  const statements = texts.flatMap(
    (text) => text.match(/^(?:import|export) [^;]*?from '(?:\.\.\/)+src\/[^']+'/gm) ?? [],
  );
  expect(statements.length).toBeGreaterThan(3);
  const wrong = statements.filter(
    (statement) => !/^import (?:[^;]*src\/core|type [^;]*src\/http\/schemas)\/[^']+'$/.test(statement),
  );
  expect(wrong).toEqual([]);
});
