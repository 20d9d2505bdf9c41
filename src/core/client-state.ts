import { createHmac, timingSafeEqual } from 'node:crypto';
import { secretId, subkey } from './secrets.ts';

/*
 * A clientState proves itself: `v.key.mac`.
 *   v    first 8 hex digits of SHA-256 of the secret it was made with, so that a rotated secret is found at once
 *   key  the subscription's key, `[a-z0-9]{16,40}`
 *   mac  base64url of the first 18 bytes of HMAC-SHA256(subkey, key); the subkey is derived by HKDF for this purpose only
 *
 * The receiver needs no look-up to check it, so a notification that overtakes the answer to its own create is still believed.
 * Graph allows 128 characters: 8 + 1 + 40 + 1 + 24 = 74.
 */

const MAC_BYTES = 18;
const VERSION_LENGTH = 8;
const KEY_PATTERN = /^[a-z0-9]{16,40}$/;
const STATE_PATTERN = /^([0-9a-f]{8})\.([a-z0-9]{16,40})\.([A-Za-z0-9_-]{24,43})$/;

/** A master secret with its short name and the subkey for clientStates. */
export interface ClientStateSecret {
  version: string;
  subkey: Buffer;
  /**
   * By key: the state that proved itself lately, so that a busy subscription's mac is computed once: a tenth of what the receiver does
   * for a post. Only what proved itself comes in, so nobody can fill it with inventions.
   */
  proven: Map<string, Buffer>;
}

const MAX_PROVEN = 100_000;

/** `forged` names the key it claims: a mac that fails for a key that exists is an alarm (a lost or wrong secret), not noise. */
export type ClientStateVerdict =
  | { status: 'proven'; key: string }
  | { status: 'forged'; key: string; version: string }
  | { status: 'malformed' };

export function isSubscriptionKey(text: string): boolean {
  return KEY_PATTERN.test(text);
}

/** @param secret the master key, 32 bytes */
export function clientStateSecret(secret: Buffer): ClientStateSecret {
  return {
    version: secretId(secret),
    subkey: subkey(secret, 'client-state'),
    proven: new Map(),
  };
}

export function makeClientState(secret: ClientStateSecret, key: string): string {
  return `${secret.version}.${key}.${macOf(secret, key)}`;
}

/** The key a state names, whether it proves itself or not; null for what is none. */
export function keyIn(state: unknown): string | null {
  const match = typeof state === 'string' && state.length <= 128 ? STATE_PATTERN.exec(state) : null;
  return match?.[2] ?? null;
}

/** Checks in constant time against the secret the state names; `secrets` are all that may still be in use at Graph. */
export function verifyClientState(secrets: readonly ClientStateSecret[], state: unknown): ClientStateVerdict {
  if (typeof state !== 'string' || state.length > 128) return { status: 'malformed' };
  const known = provedBefore(secrets, state);
  if (known !== null) return { status: 'proven', key: known };
  const match = STATE_PATTERN.exec(state);
  const [, version, key, mac] = match ?? [];
  if (version === undefined || key === undefined || mac === undefined) return { status: 'malformed' };
  const secret = secrets.find((candidate) => candidate.version === version);
  if (secret === undefined) return { status: 'forged', key, version };
  // As texts, so that a mac has one spelling: decoding would pass over a stray last character.
  const expected = macOf(secret, key, Math.floor((mac.length * 3) / 4));
  if (!sameBytes(Buffer.from(mac), Buffer.from(expected))) return { status: 'forged', key, version };
  remember(secret, key, state);
  return { status: 'proven', key };
}

/** The key, when this very state proved itself lately. */
function provedBefore(secrets: readonly ClientStateSecret[], state: string): string | null {
  const key = state.slice(VERSION_LENGTH + 1, state.indexOf('.', VERSION_LENGTH + 1));
  for (const { proven } of secrets) {
    const known = proven.get(key);
    if (known !== undefined && sameBytes(Buffer.from(state), known)) return key;
  }
  return null;
}

function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function remember({ proven }: ClientStateSecret, key: string, state: string): void {
  if (proven.size >= MAX_PROVEN) proven.clear();
  proven.set(key, Buffer.from(state));
}

function macOf(secret: ClientStateSecret, key: string, bytes = MAC_BYTES): string {
  const mac = createHmac('sha256', secret.subkey).update(key).digest();
  return mac.subarray(0, bytes).toString('base64url');
}
