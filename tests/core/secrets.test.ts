import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientStateSecret, makeClientState, verifyClientState } from '../../src/core/client-state.ts';
import { formatMasterKey, parseMasterKey, secretId, subkey } from '../../src/core/secrets.ts';

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));

describe('a master key as text', () => {
  it('comes back as it was, with or without padding', () => {
    fc.assert(
      fc.property(bytes32, (key) => {
        const text = formatMasterKey(key);
        expect(parseMasterKey(text)).toEqual(key);
        expect(parseMasterKey(text.replace('=', ''))).toEqual(key);
      }),
    );
  });

  it('is never any other number of bytes', () => {
    const others = fc.uint8Array({ maxLength: 80 }).filter((bytes) => bytes.length !== 32);
    fc.assert(
      fc.property(others, (bytes) => {
        expect(parseMasterKey(Buffer.from(bytes).toString('base64'))).toBeNull();
      }),
    );
  });

  it('has one spelling only: no spaces, no other alphabet, no stray bits', () => {
    const text = formatMasterKey(Buffer.alloc(32, 255));
    expect(parseMasterKey(text)).not.toBeNull();
    expect(parseMasterKey(` ${text}`)).toBeNull();
    expect(parseMasterKey(text.replaceAll('/', '_'))).toBeNull();
    expect(parseMasterKey(text.replace('8=', '9='))).toBeNull();
  });
});

describe('a subkey', () => {
  // RFC 5869, appendix A.3: SHA-256, no salt, no info, cut to the first 22 bytes of input.
  it('is HKDF of SHA-256 without a salt', () => {
    const okm = '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d';
    expect(subkey(Buffer.alloc(22, 0x0b), '').toString('hex')).toBe(okm);
  });

  it('differs from every other purpose, every other master key and the master key itself', () => {
    fc.assert(
      fc.property(bytes32, bytes32, fc.string(), fc.string(), (one, two, purpose, other) => {
        fc.pre(purpose !== other && !one.equals(two));
        const key = subkey(one, purpose);
        expect(key).toHaveLength(32);
        expect(key.equals(subkey(one, purpose))).toBe(true);
        expect([one, subkey(one, other), subkey(two, purpose)].some((each) => each.equals(key))).toBe(false);
      }),
    );
  });

  it('of the purpose client-state, with the id of its master key, is what clientStates are made with', () => {
    const master = Buffer.alloc(32, 3);
    expect(clientStateSecret(master)).toMatchObject({
      version: secretId(master),
      subkey: subkey(master, 'client-state'),
    });
    const secret = {
      version: secretId(master),
      subkey: subkey(master, 'client-state'),
      proven: new Map(),
    };
    const state = makeClientState(clientStateSecret(master), 'k'.repeat(20));
    expect(verifyClientState([secret], state)).toEqual({ status: 'proven', key: 'k'.repeat(20) });
  });
});
