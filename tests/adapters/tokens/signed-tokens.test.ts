import * as fc from 'fast-check';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { signedTokens } from '../../../src/adapters/tokens/signed-tokens.ts';
import { secretId, subkey } from '../../../src/core/secrets.ts';
import { adjustableClock } from '../../support/adjustable-clock.ts';

const first = Buffer.alloc(32, 1);
const second = Buffer.alloc(32, 2);
const clock = adjustableClock();
const inAnHour = new Date(clock.now() + 3_600_000).toISOString();
const tokens = signedTokens({ purpose: 'p', secrets: [first], clock });

test('what was signed is read back, with its end', async () => {
  const token = await tokens.sign({ groups: ['a', 'ü'] }, inAnHour);
  expect(await tokens.read(token)).toEqual({ claims: { groups: ['a', 'ü'] }, expiresAt: inAnHour });
});

test('it ends to the second', async () => {
  const time = adjustableClock();
  const mine = signedTokens({ purpose: 'p', secrets: [first], clock: time });
  const token = await mine.sign({}, inAnHour);
  time.set(Date.parse(inAnHour) - 1);
  expect(await mine.read(token)).not.toBeNull();
  time.set(inAnHour);
  expect(await mine.read(token)).toBeNull();
});

test('a rotated key is still read, and no longer signs', async () => {
  const token = await tokens.sign({}, inAnHour);
  const rotated = signedTokens({ purpose: 'p', secrets: [second, first], clock });
  expect(await rotated.read(token)).not.toBeNull();
  expect(await tokens.read(await rotated.sign({}, inAnHour))).toBeNull();
  const dropped = signedTokens({ purpose: 'p', secrets: [second], clock });
  expect(await dropped.read(token)).toBeNull();
});

test('one purpose is nothing to another', async () => {
  const other = signedTokens({ purpose: 'q', secrets: [first], clock });
  expect(await other.read(await tokens.sign({}, inAnHour))).toBeNull();
});

test('no other algorithm, no unsigned token, and none without an end is read', async () => {
  const kid = secretId(first);
  const key = subkey(first, 'p');
  const good = { alg: 'HS256', kid };
  const sign = (header: { alg: string; kid?: string }) =>
    new SignJWT({})
      .setProtectedHeader(header)
      .setExpirationTime(Date.parse(inAnHour) / 1000)
      .sign(key);
  expect(await tokens.read(await sign(good))).not.toBeNull();
  expect(await tokens.read(await sign({ alg: 'HS512', kid }))).toBeNull();
  expect(await tokens.read(await sign({ alg: 'HS256' }))).toBeNull();
  expect(await tokens.read(await sign({ alg: 'HS256', kid: 'other' }))).toBeNull();
  expect(await tokens.read(await new SignJWT({}).setProtectedHeader(good).sign(key))).toBeNull();
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`;
  expect(await tokens.read(none)).toBeNull();
});

test('whatever else comes is null, never an error', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `a.${text}.b`),
      ),
      async (text) => {
        expect(await tokens.read(text)).toBeNull();
      },
    ),
  );
});

test('a token with any one character changed is null', async () => {
  const token = await tokens.sign({ groups: ['tenant.t'] }, inAnHour);
  await fc.assert(
    fc.asyncProperty(fc.nat(token.length - 2), fc.constantFrom('A', 'z', '.', '_'), async (at, letter) => {
      fc.pre(token[at] !== letter);
      expect(await tokens.read(token.slice(0, at) + letter + token.slice(at + 1))).toBeNull();
    }),
  );
});
