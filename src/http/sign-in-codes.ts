import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** More than anybody has open; the oldest goes first. */
const MAX_CODES = 16;

/**
 * Codes that sign somebody in once, as in the link of the banner. They live in this process until they are used or it ends; only
 * their SHA-256 is kept.
 */
export class SignInCodes {
  #hashes: Buffer[] = [];

  /** @returns the code, 32 random bytes in base64url */
  issue(): string {
    const code = randomBytes(32).toString('base64url');
    this.#hashes = [...this.#hashes, hashOf(code)].slice(-MAX_CODES);
    return code;
  }

  /** True once for each code that was issued. Compares with all of them in constant time. */
  redeem(code: string): boolean {
    const given = hashOf(code);
    const rest = this.#hashes.filter((hash) => !timingSafeEqual(hash, given));
    const found = rest.length < this.#hashes.length;
    this.#hashes = rest;
    return found;
  }
}

function hashOf(code: string): Buffer {
  return createHash('sha256').update(code).digest();
}
