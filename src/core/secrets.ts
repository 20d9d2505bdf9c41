import { createHash, hkdfSync } from 'node:crypto';

/*
 * One installation has a list of master keys: the first one writes, all of them read, so a key is rotated by putting a new one in
 * front. Nothing is ever signed or encrypted with a master key itself: each purpose has a subkey of its own by HKDF-SHA256
 * (RFC 5869; no salt, the purpose as info), so that what leaks from one use tells nothing about another.
 */

const MASTER_KEY_BYTES = 32;

/** Reads a master key, 32 bytes in base64 with or without its padding; null when the text is anything else. */
export function parseMasterKey(text: string): Buffer | null {
  // 32 bytes are 42 whole characters and one whose last two bits are zero.
  return /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?$/.test(text) ? Buffer.from(text, 'base64') : null;
}

/** As `SECRETS_KEY` and the file of a generated key have it. */
export function formatMasterKey(key: Buffer): string {
  return key.toString('base64');
}

/**
 * The key for one purpose, 32 bytes.
 * @param secret the master key, 32 bytes
 * @param purpose a name that no other use of the master key has, such as `client-state`
 */
export function subkey(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, MASTER_KEY_BYTES));
}

/** The short name of a master key: the first 8 hex digits of its SHA-256. Names it in what was made with it; tells nothing of it. */
export function secretId(secret: Buffer): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 8);
}
