/**
 * Tokens that the hub gives out and reads back itself: signed, not secret, each purpose with a key of its own, so that a token
 * made for one purpose is nothing for another.
 */
export interface SignedTokens {
  /** @param expiresAt RFC 3339; the fraction of a second is dropped */
  sign(claims: Readonly<Record<string, unknown>>, expiresAt: string): Promise<string>;
  /** Null for whatever is not ours, was changed, or has expired. */
  read(token: string): Promise<ReadToken | null>;
}

export interface ReadToken {
  claims: Readonly<Record<string, unknown>>;
  /** RFC 3339, UTC. */
  expiresAt: string;
}
