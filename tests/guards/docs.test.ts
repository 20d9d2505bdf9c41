import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/config.ts';
import { ERROR_CODES } from '../../src/core/errors.ts';
import { SET_ASIDE_CODES } from '../../src/core/set-aside.ts';

const ROOT = resolve(import.meta.dirname, '../..');

async function markdown(): Promise<{ name: string; text: string }[]> {
  const names = [
    ...(await readdir(ROOT)).filter((name) => name.endsWith('.md')),
    ...(await readdir(join(ROOT, 'docs')))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(ROOT, name), 'utf8') })));
}

describe('Markdown', () => {
  it('names only npm scripts that exist', async () => {
    const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const own = new Set(['ci', 'cit', 'install', ...Object.keys(manifest.scripts)]);
    const named = (await markdown()).flatMap(({ text }) =>
      [...text.matchAll(/(?:^|`|&& )npm (?:run )?([a-z][a-z:-]*)/gm)].map(([, script = '']) => script),
    );
    expect(named).toContain('cit');
    expect(named.filter((script) => !own.has(script))).toEqual([]);
  });

  it('names only commands the CLI has', async () => {
    const nouns = new Set([
      'start',
      'subscriptions',
      'events',
      'set-aside',
      'destinations',
      'config',
      '--help',
    ]);
    const named = (await markdown()).flatMap(({ text }) =>
      [...text.matchAll(/npx --no-install heliograph ([a-z-]+)/g)].map(([, noun = '']) => noun),
    );
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((noun) => !nouns.has(noun))).toEqual([]);
  });

  it('links only to files that are there', async () => {
    const broken = (await markdown()).flatMap(({ name, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)]
        .map(([, target = '']) => join(ROOT, dirname(name), target))
        .filter((target) => !existsSync(target)),
    );
    expect(broken).toEqual([]);
  });

  it('names only settings that exist', async () => {
    const elsewhere = new Set(['NODE_ENV', 'POSTGRES_PASSWORD', 'DATA_DIR']);
    const named = (await markdown()).flatMap(({ text }) =>
      [...text.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`/g)].map(([, name = '']) => name),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !(name in SETTINGS) && !elsewhere.has(name))).toEqual([]);
  });

  it('has a line for every error code', async () => {
    const operating = await readFile(join(ROOT, 'docs/operating.md'), 'utf8');
    const missing = Object.keys(ERROR_CODES).filter((code) => !operating.includes(`| \`${code}\` |`));
    expect(missing).toEqual([]);
  });

  it('has a word for every reason to set something aside', async () => {
    const operating = await readFile(join(ROOT, 'docs/operating.md'), 'utf8');
    expect(SET_ASIDE_CODES.filter((code) => !operating.includes(`\`${code}\``))).toEqual([]);
  });
});

describe('infra', () => {
  it('sets only settings that exist', async () => {
    const texts = await Promise.all(
      ['infra/Dockerfile', 'infra/compose.yaml', 'infra/compose.env.sample'].map((file) =>
        readFile(join(ROOT, file), 'utf8'),
      ),
    );
    const named = texts.flatMap((text) =>
      [...text.matchAll(/(?:^|[\s{,])([A-Z][A-Z0-9_]*)(?:=|: )/gm)].map(([, name = '']) => name),
    );
    const elsewhere = new Set(['NODE_ENV', 'POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB']);
    expect(named).toEqual(
      expect.arrayContaining(['HELIOGRAPH_MODE', 'DATABASE_URL', 'REDIS_URL', 'ROLES', 'SECRETS_KEY']),
    );
    expect(named.filter((name) => !(name in SETTINGS) && !elsewhere.has(name))).toEqual([]);
  });

  it('gives the containers everything that production asks for', async () => {
    const compose = await readFile(join(ROOT, 'infra/compose.yaml'), 'utf8');
    const sample = await readFile(join(ROOT, 'infra/compose.env.sample'), 'utf8');
    const needed = Object.entries(SETTINGS).flatMap(([name, setting]) =>
      'need' in setting && setting.need !== undefined ? [name] : [],
    );
    expect(needed.length).toBeGreaterThan(4);
    expect(needed.filter((name) => !`${compose}\n${sample}`.includes(name))).toEqual([]);
  });
});

it('keeps the words of its makers and their machines out of the repository', async () => {
  const { execFileSync } = await import('node:child_process');
  const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);
  const texts = files.filter((file) =>
    /\.(?:ts|tsx|js|json|md|yaml|yml|sql|html|css|sample|sh)$|Dockerfile|\.ci\/run/.test(file),
  );
  const found = await Promise.all(
    texts.map(async (file) => ({ file, text: await readFile(join(ROOT, file), 'utf8') })),
  );
  // Put together, or this file would be found as well.
  const unwanted = [
    ['', 'work', ''],
    ['', 'root', ''],
  ]
    .map((parts) => parts.join('/'))
    .concat(['registry', 'npmjs'].join('.'));
  expect(
    found.filter(({ text }) => unwanted.some((word) => text.includes(word))).map(({ file }) => file),
  ).toEqual([]);
});
