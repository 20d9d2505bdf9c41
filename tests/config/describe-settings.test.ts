import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/config.ts';
import { describeSettings } from '../../src/config/describe-settings.ts';
import { MASTER_KEY, namesOf, PRODUCTION } from './settings.ts';

function shown(env: Record<string, string>, dotenv: Record<string, string> = {}) {
  const { settings, flaws } = describeSettings({ env, dotenv });
  return {
    flaws,
    byName: new Map(settings.map((setting) => [setting.name, setting])),
    text: JSON.stringify(settings),
  };
}

describe('the settings in force', () => {
  it('are all there, each with where it comes from', () => {
    const { byName } = shown({ PORT: '4000' }, { HOST: '0.0.0.0', PORT: '5000' });
    expect([...byName.keys()]).toEqual(Object.keys(SETTINGS));
    expect(byName.get('PORT')).toMatchObject({ value: '4000', from: 'environment' });
    expect(byName.get('HOST')).toMatchObject({ value: '0.0.0.0', from: '.env' });
    expect(byName.get('LOG_LEVEL')).toMatchObject({ value: 'info', from: 'default' });
    expect(byName.get('PUBLIC_URL')).toMatchObject({
      value: null,
      unset: 'the simulator reaches http://HOST:PORT',
    });
    expect(byName.get('AZURE_CLIENT_SECRET')).toMatchObject({ value: null, unset: null, secret: true });
  });

  it('do not speak of stand-ins in production', () => {
    const { byName, flaws } = shown({ HELIOGRAPH_MODE: 'production', ROLES: 'receiver' });
    expect(namesOf(flaws)).toContain('DATABASE_URL');
    expect(byName.get('DATABASE_URL')).toMatchObject({ value: null, unset: 'needed' });
    expect(namesOf(flaws)).not.toContain('AZURE_TENANT_ID');
    expect(byName.get('AZURE_TENANT_ID')).toMatchObject({ unset: 'not needed as things are set' });
    expect(byName.get('REDIS_URL')).toMatchObject({ unset: 'BullMQ works on Postgres' });
  });

  it('show secrets as set, and connection URLs without what lets anybody in', () => {
    const { text, byName, flaws } = shown({
      ...PRODUCTION,
      DATABASE_URL: 'postgres://hub:pass-word@db.example.com:6432/hub?password=other-pass-word',
      REDIS_URL: 'redis://:redis-pass-word@one:6379,redis://two:6379/1',
    });
    expect(flaws).toEqual([]);
    for (const secret of [
      MASTER_KEY,
      PRODUCTION.ADMIN_API_KEY,
      PRODUCTION.AZURE_CLIENT_SECRET,
      'AccessKey',
      'pass-word',
    ])
      expect(text).not.toContain(secret);
    expect(byName.get('SECRETS_KEY')?.value).toBe('set');
    expect(byName.get('DATABASE_URL')?.value).toBe('postgres://hub@db.example.com:6432/hub');
    expect(byName.get('REDIS_URL')?.value).toBe('redis://one:6379,redis://two:6379/1');
  });

  it('are shown with what is wrong, and nothing of what is malformed', () => {
    const { text, flaws } = shown({
      PUBLIC_URL: 'https://user:pass-word@hub.example.com',
      DATABASE_URL: 'pass-word',
    });
    expect(namesOf(flaws)).toEqual(['DATABASE_URL', 'PUBLIC_URL']);
    expect(text).not.toContain('pass-word');
  });
});
