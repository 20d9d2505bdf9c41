import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadClientConfig } from '../../src/config/client-config.ts';

describe('which hub the command line talks to', () => {
  it('is the one on this host and PORT, with the bootstrap key', () => {
    expect(loadClientConfig({ env: {} })).toEqual({
      url: 'http://127.0.0.1:3000',
      urlFrom: 'PORT',
      apiKey: null,
      apiKeyFile: resolve('.heliograph/admin-api-key'),
    });
    const ADMIN_API_KEY = 'an-admin-key-of-30-characters.';
    expect(loadClientConfig({ env: { PORT: '4000', ADMIN_API_KEY, DATA_DIR: '/data' } })).toEqual({
      url: 'http://127.0.0.1:4000',
      urlFrom: 'PORT',
      apiKey: ADMIN_API_KEY,
      apiKeyFile: '/data/admin-api-key',
    });
  });

  it.each([
    ['0.0.0.0', 'http://127.0.0.1:3000'],
    ['::', 'http://[::1]:3000'],
    ['fe80::1', 'http://[fe80::1]:3000'],
    ['hub.internal', 'http://hub.internal:3000'],
  ])('is reached for HOST=%s at %s', (HOST, url) => {
    expect(loadClientConfig({ env: { HOST } }).url).toBe(url);
  });

  it('is never sent the bootstrap key of this host when it is elsewhere', () => {
    const env = {
      HELIOGRAPH_URL: 'https://hub.example.com/',
      ADMIN_API_KEY: 'an-admin-key-of-30-characters.',
    };
    expect(loadClientConfig({ env })).toEqual({
      url: 'https://hub.example.com',
      urlFrom: 'HELIOGRAPH_URL',
      apiKey: null,
      apiKeyFile: null,
    });
    expect(loadClientConfig({ env: { ...env, HELIOGRAPH_API_KEY: 'theirs' } }).apiKey).toBe('theirs');
    const there = { HELIOGRAPH_URL: 'http://localhost:4000', ADMIN_API_KEY: env.ADMIN_API_KEY };
    expect(loadClientConfig({ env: there }).apiKey).toBe(env.ADMIN_API_KEY);
  });

  it('is not kept from a client by what only a hub needs', () => {
    const env = { HELIOGRAPH_MODE: 'production', DATABASE_URL: 'nonsense', ROLES: 'nobody' };
    expect(loadClientConfig({ env, dotenv: { FOREIGN: 'x' } }).url).toBe('http://127.0.0.1:3000');
  });

  it('is refused when its own settings are malformed or misspelt', () => {
    const env = { PORT: 'x', HELIOGRAPH_ULR: 'http://localhost' };
    expect(() => loadClientConfig({ env })).toThrow(expect.objectContaining({ code: 'configuration' }));
    expect(() => loadClientConfig({ env })).toThrow(/PORT, HELIOGRAPH_ULR/);
  });
});
