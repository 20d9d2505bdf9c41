import type { Pool } from 'pg';
import type { ApiKeyRecord, KeyStore } from '../../ports/key-store.ts';
import type { Store } from '../../ports/store.ts';
import { query } from './pool.ts';

export function keysAndLeases(
  pool: Pool,
): KeyStore & Pick<Store, 'ping' | 'holdLease' | 'releaseLease' | 'prune'> {
  return {
    async putApiKey(name, role, hash) {
      await query(
        pool,
        `insert into heliograph.api_keys (name, role, hash) values ($1, $2, $3)
         on conflict (name) do update set role = excluded.role, hash = excluded.hash`,
        [name, role, hash],
      );
    },
    listApiKeys: () => query<ApiKeyRecord>(pool, 'select name, role, hash from heliograph.api_keys'),
    async ping() {
      await query(pool, 'select 1');
    },
    async holdLease(name, owner, leaseMs) {
      const rows = await query(
        pool,
        `insert into heliograph.leases as l (name, owner, leased_until)
         values ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
         on conflict (name) do update set owner = excluded.owner, leased_until = excluded.leased_until
           where l.owner = excluded.owner or l.leased_until <= clock_timestamp()
         returning name`,
        [name, owner, leaseMs],
      );
      return rows.length > 0;
    },
    async releaseLease(name, owner) {
      await query(pool, 'delete from heliograph.leases where name = $1 and owner = $2', [name, owner]);
    },
    async prune() {
      await query(pool, 'delete from heliograph.grants where expires_at <= clock_timestamp()');
      await query(pool, 'delete from heliograph.leases where leased_until <= clock_timestamp()');
    },
  };
}
