import { createHash, timingSafeEqual } from 'node:crypto';
import { messageOf } from '../core/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { ApiKeyRecord, KeyStore } from '../ports/key-store.ts';
import type { Log } from '../ports/log.ts';

/** How long a key that was replaced or added elsewhere may go unnoticed here. */
const FRESH_MS = 5_000;

export interface ApiKeysDeps {
  store: Pick<KeyStore, 'listApiKeys'>;
  clock: Clock;
  log: Log;
}

/**
 * The API keys as this process knows them, read again every few seconds. While the database is away the last list goes on
 * counting, so that an administrator can still ask what is wrong; without any list `store_unavailable` is thrown.
 */
export class ApiKeys {
  readonly #deps: ApiKeysDeps;
  #records: readonly ApiKeyRecord[] | null = null;
  #staleAt = 0;
  #reading: Promise<readonly ApiKeyRecord[]> | null = null;

  constructor(deps: ApiKeysDeps) {
    this.#deps = deps;
  }

  /** Compares with every key in constant time. */
  async find(secret: string): Promise<ApiKeyRecord | null> {
    const given = createHash('sha256').update(secret).digest();
    let found: ApiKeyRecord | null = null;
    for (const record of await this.#list())
      if (record.hash.length === given.length && timingSafeEqual(record.hash, given)) found = record;
    return found;
  }

  async named(name: string): Promise<ApiKeyRecord | null> {
    return (await this.#list()).find((record) => record.name === name) ?? null;
  }

  async #list(): Promise<readonly ApiKeyRecord[]> {
    if (this.#records !== null && this.#deps.clock.now() < this.#staleAt) return this.#records;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(): Promise<readonly ApiKeyRecord[]> {
    try {
      this.#records = await this.#deps.store.listApiKeys();
    } catch (error) {
      if (this.#records === null) throw error;
      this.#deps.log.warn({ reason: messageOf(error) }, 'api_keys.stale');
    }
    this.#staleAt = this.#deps.clock.now() + FRESH_MS;
    return this.#records;
  }
}

/** Names a key without telling it: what comes from a key ends when the fingerprint changes. */
export function keyFingerprint(record: ApiKeyRecord): string {
  return createHash('sha256').update('fingerprint').update(record.hash).digest('base64url').slice(0, 22);
}
