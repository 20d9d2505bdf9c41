import { describe, expect, test } from 'vitest';
import { HubError } from '../../src/core/errors.ts';
import { ApiKeys, keyFingerprint } from '../../src/http/api-keys.ts';
import { SignInCodes } from '../../src/http/sign-in-codes.ts';
import { adjustableClock } from '../support/adjustable-clock.ts';
import { recordingLog } from '../support/logs.ts';
import { bearer, keyRecord } from './hub-deps.ts';
import { openApp, problemIn } from './open-app.ts';

const URL = '/api/v1/subscriptions';

describe('failures of one address', () => {
  const wrong = { url: URL, headers: { authorization: 'Bearer wrong' } };

  test('are told to wait after too many; good requests never are', async () => {
    const { app } = await openApp({ failuresPerMinute: 3 });
    for (let count = 0; count < 3; count++) expect((await app.inject(wrong)).statusCode).toBe(401);
    const response = await app.inject(wrong);
    expect(response.statusCode).toBe(429);
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(problemIn(response)['code']).toBe('too_many_requests');
    expect((await app.inject({ url: URL, headers: bearer('viewer') })).statusCode).toBe(200);
    expect((await app.inject({ ...wrong, remoteAddress: '10.0.0.9' })).statusCode).toBe(401);
  });

  test('are counted over every door: sign-in, cookie, readiness', async () => {
    const { app } = await openApp({ failuresPerMinute: 3 });
    await app.inject({ ...wrong, method: 'POST', url: '/api/v1/session' });
    await app.inject({ url: URL, headers: { cookie: 'heliograph_session=x' } });
    await app.inject({ ...wrong, url: '/readyz' });
    expect((await app.inject(wrong)).statusCode).toBe(429);
  });

  test('do not count requests without a credential, nor a header that names another address', async () => {
    const { app } = await openApp({ failuresPerMinute: 1 });
    for (let count = 0; count < 5; count++) expect((await app.inject({ url: URL })).statusCode).toBe(401);
    await app.inject(wrong);
    const headers = { ...wrong.headers, 'x-forwarded-for': '10.9.8.7' };
    expect((await app.inject({ url: URL, headers })).statusCode).toBe(429);
  });
});

describe('API keys', () => {
  test('are found by their secret', async () => {
    const records = [keyRecord('a', 'viewer', 'one'), keyRecord('b', 'admin', 'two')];
    const { keys } = keysOver(records);
    expect(await keys.find('two')).toBe(records[1]);
    expect(await keys.find('three')).toBeNull();
    expect(await keys.find('')).toBeNull();
    expect(await keys.named('a')).toBe(records[0]);
  });

  test('are read once for everybody, and again after a few seconds', async () => {
    const records = [keyRecord('a', 'viewer', 'one')];
    const { keys, clock, read } = keysOver(records);
    await Promise.all([keys.find('one'), keys.find('one'), keys.named('a')]);
    expect(read()).toBe(1);
    records[0] = keyRecord('a', 'viewer', 'two');
    expect(await keys.find('one')).not.toBeNull();
    clock.advance(5_000);
    expect(await keys.find('one')).toBeNull();
    expect(await keys.find('two')).not.toBeNull();
  });

  test('go on counting while the database is away, once they are known', async () => {
    const { keys, clock, store, log } = keysOver([keyRecord('a', 'viewer', 'one')]);
    store.away = true;
    await expect(keys.find('one')).rejects.toThrow('away');
    store.away = false;
    await keys.find('one');
    store.away = true;
    clock.advance(5_000);
    expect(await keys.find('one')).not.toBeNull();
    expect(log.acts()).toEqual(['api_keys.stale']);
  });

  test('have a fingerprint that changes with the secret and tells nothing of it', () => {
    const record = keyRecord('a', 'viewer', 'one');
    expect(keyFingerprint(record)).toBe(keyFingerprint(keyRecord('b', 'admin', 'one')));
    expect(keyFingerprint(record)).not.toBe(keyFingerprint(keyRecord('a', 'viewer', 'two')));
    expect(record.hash.toString('base64url')).not.toContain(keyFingerprint(record));
  });
});

describe('sign-in codes', () => {
  test('count once each, in any order', () => {
    const codes = new SignInCodes();
    const [first, second] = [codes.issue(), codes.issue()];
    expect(codes.redeem(second)).toBe(true);
    expect(codes.redeem(first)).toBe(true);
    expect(codes.redeem(first)).toBe(false);
    expect(codes.redeem('')).toBe(false);
  });

  test('are forgotten when many newer ones were issued', () => {
    const codes = new SignInCodes();
    const first = codes.issue();
    const later = Array.from({ length: 16 }, () => codes.issue());
    expect(codes.redeem(first)).toBe(false);
    expect(later.map((code) => codes.redeem(code))).toEqual(later.map(() => true));
  });
});

function keysOver(records: ReturnType<typeof keyRecord>[]) {
  const clock = adjustableClock();
  const log = recordingLog();
  let read = 0;
  const store = {
    away: false,
    async listApiKeys() {
      read++;
      if (store.away) throw new HubError('store_unavailable', 'away');
      return [...records];
    },
  };
  return { keys: new ApiKeys({ store, clock, log }), clock, log, store, read: () => read };
}
