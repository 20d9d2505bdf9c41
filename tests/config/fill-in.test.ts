import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Environment } from '../../src/config/read-settings.ts';
import { fillIn, holdDataDir, type Filled } from '../../src/local/fill-in.ts';
import { silentLog } from '../support/logs.ts';
import { MASTER_KEY, PRODUCTION } from './settings.ts';

const directory = mkdtempSync(join(tmpdir(), 'heliograph-fill-in-'));
const file = join(directory, 'a-file');
writeFileSync(file, '');
afterAll(() => rmSync(directory, { recursive: true }));

async function filledWith(env: Environment): Promise<Filled> {
  const closers: (() => Promise<void>)[] = [];
  try {
    const fill = { config: loadConfig(env), log: silentLog, closers, fatal: () => {} };
    await holdDataDir(fill);
    return await fillIn(fill);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

const shared = { DATABASE_URL: 'postgres://db/hub', SECRETS_KEY: MASTER_KEY };

it.each(['receiver', 'scheduler', 'receiver,scheduler'])(
  'needs no DATA_DIR for %s, which use none of what is not configured',
  async (ROLES) => {
    // Below a file no folder can be made, whoever asks.
    const DATA_DIR = join(file, 'data');
    const production = { HELIOGRAPH_MODE: 'production', ...shared, ROLES, DATA_DIR };
    expect((await filledWith(production)).standIns).toEqual([]);
    expect((await filledWith({ ...shared, ROLES, DATA_DIR })).standIns).toEqual([]);
  },
);

it('never needs one in production, and in local mode for what a role uses', async () => {
  const { HELIOGRAPH_MODE: _, ADMIN_API_KEY: __, ...local } = PRODUCTION;
  expect((await filledWith({ ...PRODUCTION, DATA_DIR: join(file, 'data') })).standIns).toEqual([]);
  await expect(filledWith({ ...local, DATA_DIR: join(file, 'data') })).rejects.toThrow(/ENOTDIR|EEXIST/);
  const DATA_DIR = join(directory, 'data');
  expect((await filledWith({ ...local, DATA_DIR })).adminApiKey).toMatch(/.{24}/);
  expect(existsSync(join(DATA_DIR, 'admin-api-key'))).toBe(true);
});
