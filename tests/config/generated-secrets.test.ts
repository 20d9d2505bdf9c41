import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import {
  ensureDataDir,
  generatedAdminApiKey,
  generatedMasterKey,
} from '../../src/local/generated-secrets.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'heliograph-secrets-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

describe('generated secrets', () => {
  it('are made where the configuration says, for their owner alone, and stay', async () => {
    const { secrets, dataDir } = loadConfig({ DATA_DIR: join(home, 'deep', 'data') });
    const key = await generatedMasterKey(secrets.masterKeyFile);
    const apiKey = await generatedAdminApiKey(secrets.adminApiKeyFile);
    expect(key).toHaveLength(32);
    expect(apiKey.length).toBeGreaterThan(24);
    expect(readFileSync(join(home, 'deep/data/admin-api-key'), 'utf8')).toBe(`${apiKey}\n`);
    expect([modeOf(dataDir), modeOf(secrets.masterKeyFile), modeOf(secrets.adminApiKeyFile)]).toEqual([
      '700',
      '600',
      '600',
    ]);
    expect(await generatedMasterKey(secrets.masterKeyFile)).toEqual(key);
    expect(await generatedAdminApiKey(secrets.adminApiKeyFile)).toBe(apiKey);
  });

  it('are settings that the hub would take', async () => {
    const key = await generatedMasterKey(join(home, 'secrets-key'));
    const ADMIN_API_KEY = await generatedAdminApiKey(join(home, 'admin-api-key'));
    const { secrets } = loadConfig({
      SECRETS_KEY: readFileSync(join(home, 'secrets-key'), 'utf8'),
      ADMIN_API_KEY,
    });
    expect(secrets.masterKeys).toEqual([key]);
  });

  it('are one and the same for processes that start together', async () => {
    const file = join(home, 'data', 'admin-api-key');
    const keys = await Promise.all(Array.from({ length: 20 }, () => generatedAdminApiKey(file)));
    expect(new Set(keys).size).toBe(1);
    expect(readdirSync(join(home, 'data'))).toEqual(['admin-api-key']);
  });

  it('are closed again when somebody opened them', async () => {
    const file = join(home, 'admin-api-key');
    await generatedAdminApiKey(file);
    chmodSync(file, 0o644);
    await generatedAdminApiKey(file);
    expect(modeOf(file)).toBe('600');
  });

  it('are never replaced when a file is damaged', async () => {
    writeFileSync(join(home, 'secrets-key'), 'AAAA');
    writeFileSync(join(home, 'admin-api-key'), 'short');
    const refusal = expect.objectContaining({
      code: 'configuration',
      message: expect.stringMatching(/elete it/),
    });
    await expect(generatedMasterKey(join(home, 'secrets-key'))).rejects.toEqual(refusal);
    await expect(generatedAdminApiKey(join(home, 'admin-api-key'))).rejects.toEqual(refusal);
    expect(readFileSync(join(home, 'secrets-key'), 'utf8')).toBe('AAAA');
  });
});

describe('the data directory', () => {
  it('is closed to others when it is empty or ours', async () => {
    const directory = join(home, 'data');
    mkdirSync(directory);
    chmodSync(directory, 0o755);
    await ensureDataDir(directory);
    expect(modeOf(directory)).toBe('700');
    writeFileSync(join(directory, 'secrets-key'), '');
    chmodSync(directory, 0o755);
    await ensureDataDir(directory);
    expect(modeOf(directory)).toBe('700');
  });

  it('is refused, untouched, when others use it', async () => {
    writeFileSync(join(home, 'something'), '');
    chmodSync(home, 0o755);
    await expect(ensureDataDir(home)).rejects.toThrow(/holds other things\. Choose a directory/);
    expect(modeOf(home)).toBe('755');
  });

  it('is refused when it cannot be made', async () => {
    writeFileSync(join(home, 'file'), '');
    await expect(ensureDataDir(join(home, 'file', 'data'))).rejects.toThrow(/cannot be used .*ENOTDIR/);
    await expect(generatedMasterKey(join(home, 'file', 'secrets-key'))).rejects.toThrow(/cannot be read/);
  });
});
