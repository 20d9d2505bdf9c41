import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startGroup, type CommandGroup } from '../support/command-group.ts';
import { baseEnvironment } from '../support/hub-process.ts';
import { productionSettings } from '../support/production-hub.ts';
import { freshFolder } from '../support/services.ts';

/* The rules have tests of their own; here they stop a real start. Nobody is at any of the addresses. */

const WHOLE = productionSettings({ databaseUrl: 'postgres://hub@127.0.0.1:9/hub' });

async function startWith(settings: Record<string, string>): Promise<CommandGroup> {
  const folder = await freshFolder();
  const env = { ...baseEnvironment(), DATA_DIR: join(folder.path, 'data'), PORT: '0', ...settings };
  const group = startGroup([process.execPath, resolve('src/main.ts'), 'start'], { cwd: folder.path, env });
  onTestFinished(async () => {
    await group.dispose();
    await folder.remove();
  });
  return group;
}

function without(...names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(WHOLE).filter(([name]) => !names.includes(name)));
}

const refusals: [what: string, settings: Record<string, string>, names: string[]][] = [
  ['a database', without('DATABASE_URL'), ['DATABASE_URL']],
  ['a master key', without('SECRETS_KEY'), ['SECRETS_KEY']],
  ['a bootstrap key', without('ADMIN_API_KEY'), ['ADMIN_API_KEY']],
  ['Web PubSub', without('WEB_PUBSUB_CONNECTION_STRING'), ['WEB_PUBSUB_CONNECTION_STRING']],
  ['a public address', without('PUBLIC_URL'), ['PUBLIC_URL']],
  ['https', { ...WHOLE, PUBLIC_URL: 'http://hub.example.com' }, ['PUBLIC_URL']],
  ['the other half of a credential', without('AZURE_CLIENT_SECRET'), ['AZURE_CLIENT_SECRET']],
  [
    'anything',
    { HELIOGRAPH_MODE: 'production' },
    [
      'ADMIN_API_KEY',
      'AZURE_TENANT_ID',
      'DATABASE_URL',
      'PUBLIC_URL',
      'SECRETS_KEY',
      'WEB_PUBSUB_CONNECTION_STRING',
    ],
  ],
];

test.each(refusals)('production does not start without %s', async (_, settings, names) => {
  const hub = await startWith(settings);
  expect(await hub.exited).toBe(1);
  const said = [...hub.output().matchAll(/^ {2}([A-Z_]+) .+$/gm)];
  expect(new Set(said.map(([, name]) => name))).toEqual(new Set(names));
  expect(hub.output()).toMatch(/^error: Heliograph cannot work with these settings: /);
  expect(hub.output()).not.toContain(WHOLE['SECRETS_KEY']);
});

test('production does not start on a database that is not there, and says so', async () => {
  const hub = await startWith({ ...WHOLE });
  expect(await hub.exited).toBe(1);
  expect(hub.output()).toMatch(/error: The database cannot be reached\. Check DATABASE_URL/);
});
