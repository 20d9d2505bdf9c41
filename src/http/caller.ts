import type { AccessRole } from '../core/role.ts';
import type { EventFilter } from '../ports/event-log.ts';

/** Who asks, by whatever credential. */
export interface Caller {
  name: string;
  role: AccessRole;
  via: 'key' | 'code' | 'session' | 'negotiated';
  /** The only events it may read: any of these. Null for all. */
  scope: readonly EventFilter[] | null;
  /** When the credential ends by itself, RFC 3339. */
  expiresAt: string | null;
}
