import { createHash, createHmac, hkdfSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clientStateSecret,
  isSubscriptionKey,
  makeClientState,
  verifyClientState,
} from '../../src/core/client-state.ts';

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const secretBytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const subscriptionKey = fc.stringMatching(/^[a-z0-9]{16,40}$/);
const ours = clientStateSecret(Buffer.alloc(32, 7));
const KEY = 'k1k2k3k4k5k6k7k8';

/** A state as the design describes it, made without the code under test, with as much of the mac as is asked for. */
function stateByHand(secret: Buffer, key: string, macBytes: number): string {
  const version = createHash('sha256').update(secret).digest('hex').slice(0, 8);
  const subkey = Buffer.from(hkdfSync('sha256', secret, '', 'client-state', 32));
  const mac = createHmac('sha256', subkey).update(key).digest().subarray(0, macBytes).toString('base64url');
  return `${version}.${key}.${mac}`;
}

describe('a clientState', () => {
  it('proves itself', () => {
    fc.assert(
      fc.property(secretBytes, subscriptionKey, (bytes, key) => {
        const secret = clientStateSecret(bytes);
        const state = makeClientState(secret, key);
        expect(verifyClientState([secret], state)).toEqual({ status: 'proven', key });
      }),
    );
  });

  it('has always the shape of the design, within the 128 characters that Graph allows', () => {
    fc.assert(
      fc.property(secretBytes, subscriptionKey, (bytes, key) => {
        const state = makeClientState(clientStateSecret(bytes), key);
        expect(state).toMatch(/^[0-9a-f]{8}\.[a-z0-9]{16,40}\.[A-Za-z0-9_-]{24}$/);
        expect(state.length).toBe(8 + 1 + key.length + 1 + 24);
        expect(state).toBe(stateByHand(bytes, key, 18));
      }),
    );
  });

  it('is what it has always been: Graph holds those made earlier for as long as their subscriptions live', () => {
    const secret = clientStateSecret(Buffer.from(Array.from({ length: 32 }, (_, at) => at)));
    const state = '630dcd29.k1k2k3k4k5k6k7k8k9k0k1k2.Cw_G1tln7umENdrIyM-ZygrS';
    expect(makeClientState(secret, 'k1k2k3k4k5k6k7k8k9k0k1k2')).toBe(state);
    expect(verifyClientState([secret], state)).toEqual({ status: 'proven', key: 'k1k2k3k4k5k6k7k8k9k0k1k2' });
  });

  it('is not proven with any single character changed', () => {
    const state = makeClientState(ours, KEY);
    for (const [place, was] of state.split('').entries())
      for (const other of `${BASE64URL}.`) {
        if (other === was) continue;
        const changed = `${state.slice(0, place)}${other}${state.slice(place + 1)}`;
        expect(verifyClientState([ours], changed).status).not.toBe('proven');
      }
  });

  it('is not proven with any single character left out or put in, the last place included', () => {
    const state = makeClientState(ours, KEY);
    for (let place = 0; place < state.length; place++) {
      const shorter = `${state.slice(0, place)}${state.slice(place + 1)}`;
      expect(verifyClientState([ours], shorter).status).not.toBe('proven');
      for (const added of `${BASE64URL}. `) {
        const longer = `${state.slice(0, place + 1)}${added}${state.slice(place + 1)}`;
        expect(verifyClientState([ours], longer).status).not.toBe('proven');
      }
    }
  });

  it('may carry more of its mac, whole bytes up to all 32', () => {
    const bytes = Buffer.alloc(32, 7);
    for (let macBytes = 18; macBytes <= 32; macBytes++)
      expect(verifyClientState([ours], stateByHand(bytes, KEY, macBytes)).status).toBe('proven');
    expect(verifyClientState([ours], stateByHand(bytes, KEY, 17)).status).toBe('malformed');
  });

  it('made with another secret is forged, and says for which key and with which secret', () => {
    fc.assert(
      fc.property(secretBytes, subscriptionKey, (bytes, key) => {
        const other = clientStateSecret(bytes);
        const verdict = verifyClientState([ours], makeClientState(other, key));
        expect(verdict).toEqual({ status: 'forged', key, version: other.version });
      }),
    );
  });

  it('that names our secret with a mac of another is forged', () => {
    const other = makeClientState(clientStateSecret(Buffer.alloc(32, 8)), KEY);
    const state = `${ours.version}${other.slice(8)}`;
    expect(verifyClientState([ours], state)).toEqual({ status: 'forged', key: KEY, version: ours.version });
  });

  it('of either secret is proven while a secret is being rotated', () => {
    const newer = clientStateSecret(Buffer.alloc(32, 9));
    const both = [newer, ours];
    for (const secret of both)
      expect(verifyClientState(both, makeClientState(secret, KEY))).toEqual({ status: 'proven', key: KEY });
    expect(verifyClientState([newer], makeClientState(ours, KEY)).status).toBe('forged');
    expect(verifyClientState([], makeClientState(ours, KEY)).status).toBe('forged');
  });

  it('of any other value is malformed, and nothing throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(verifyClientState([ours], value)).toEqual({ status: 'malformed' });
      }),
    );
    const long = `${makeClientState(ours, KEY)}${'A'.repeat(128)}`;
    for (const value of [undefined, null, '', '..', `x.${KEY}.y`, long])
      expect(verifyClientState([ours], value)).toEqual({ status: 'malformed' });
  });
});

describe('a subscription key', () => {
  it.each(['abcdefghij012345', 'a'.repeat(40)])('is %s', (key) => {
    expect(isSubscriptionKey(key)).toBe(true);
  });

  it.each(['', 'a'.repeat(15), 'a'.repeat(41), 'ABCDEFGHIJ012345', 'abcdefghij01234.', 'abcdefghij012345\n'])(
    'is not %j',
    (key) => {
      expect(isSubscriptionKey(key)).toBe(false);
    },
  );
});
