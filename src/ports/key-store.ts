import type { AccessRole } from '../core/role.ts';

/** API keys, of which only the SHA-256 is kept. */
export interface KeyStore {
  /** Adds or replaces the key of that name. @param hash SHA-256 of the key, 32 bytes */
  putApiKey(name: string, role: AccessRole, hash: Buffer): Promise<void>;
  listApiKeys(): Promise<ApiKeyRecord[]>;
}

export interface ApiKeyRecord {
  name: string;
  role: AccessRole;
  hash: Buffer;
}
