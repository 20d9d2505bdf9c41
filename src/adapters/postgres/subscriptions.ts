import type { Pool } from 'pg';
import { SUBSCRIPTION_STATUSES, type SubscriptionStatus } from '../../core/subscription.ts';
import type { AddResult, SubscriptionStore, Watch } from '../../ports/subscription-store.ts';
import { query } from './pool.ts';
import { subscriptionActs } from './subscription-acts.ts';
import { orConflict } from './subscription-conflict.ts';
import { toSubscription, type SubscriptionRow } from './subscription-row.ts';

/**
 * For whoever added a subscription to claim it, which is the next thing done. After that the scheduler acts on it, as when the process
 * was killed in between.
 */
const OWN_ACT_MS = 10_000;

export function subscriptions(pool: Pool): SubscriptionStore {
  return {
    ...subscriptionActs(pool),
    async addSubscription(added) {
      const watch = [added.tenant, added.resource, added.changeTypes, added.rich];
      const add = async (): Promise<AddResult | null> => {
        const [row] = await query<SubscriptionRow>(
          pool,
          `insert into heliograph.subscriptions (tenant, resource, change_types, rich, key, "fetch", status, renew_at)
           values ($1, $2, $3, $4, $5, $6, 'creating', clock_timestamp() + $7 * interval '1 millisecond')
           on conflict do nothing returning *`,
          [...watch, added.key, added.fetch, OWN_ACT_MS],
        );
        return row === undefined ? null : { status: 'added', subscription: toSubscription(row) };
      };
      return orConflict(add, () =>
        query<{ key: string }>(
          pool,
          `select key from heliograph.subscriptions
            where tenant = $1 and resource = $2 and change_types = $3 and rich = $4 and status <> 'deleting'`,
          watch,
        ),
      );
    },
    async findSubscription(key) {
      const [row] = await query<SubscriptionRow>(
        pool,
        'select * from heliograph.subscriptions where key = $1',
        [key],
      );
      return row === undefined ? null : toSubscription(row);
    },
    async listSubscriptions({ after, limit }) {
      const rows = await query<SubscriptionRow>(
        pool,
        'select * from heliograph.subscriptions where $1::text is null or key > $1 order by key limit $2',
        [after, limit],
      );
      return rows.map(toSubscription);
    },
    findWatches: (keys) =>
      query<Watch>(
        pool,
        `select s.key, s.tenant, s.resource, s."fetch", s.status,
                array(select graph_id from heliograph.subscription_graph_ids g where g.key = s.key) as "graphIds",
                s.graph_id is null and s.renew_at is not null as "awaitsId"
           from heliograph.subscriptions s where s.key = any ($1)`,
        [keys],
      ),
    async countSubscriptions() {
      const rows = await query<{ status: SubscriptionStatus; count: number }>(
        pool,
        'select status, count(*) as count from heliograph.subscriptions group by status',
      );
      const zero = Object.fromEntries(SUBSCRIPTION_STATUSES.map((status) => [status, 0]));
      const counted = Object.fromEntries(rows.map(({ status, count }) => [status, count]));
      return { ...zero, ...counted } as Record<SubscriptionStatus, number>;
    },
    async dueSubscriptions(limit) {
      const rows = await query<{ key: string }>(
        pool,
        `select key from heliograph.subscriptions
          where renew_at <= clock_timestamp() and claimed_until <= clock_timestamp() order by renew_at limit $1`,
        [limit],
      );
      return rows.map(({ key }) => key);
    },
  };
}
