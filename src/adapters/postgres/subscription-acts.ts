import type { Pool } from 'pg';
import type { SubscriptionChange, SubscriptionStore } from '../../ports/subscription-store.ts';
import { query, sqlState } from './pool.ts';
import { toSubscription, UNIQUE_VIOLATION, type SubscriptionRow } from './subscription-row.ts';

type Acts = Pick<
  SubscriptionStore,
  | 'claimSubscription'
  | 'settleSubscription'
  | 'rememberGraphId'
  | 'resolveResource'
  | 'patchSubscription'
  | 'markDeleting'
  | 'removeSubscription'
  | 'makeDue'
  | 'markFailing'
  | 'clearFailing'
>;

/** What changes a subscription. Every change of wish raises the fence, so that an act under way cannot write over it. */
export function subscriptionActs(pool: Pool): Acts {
  return {
    async claimSubscription(key, leaseMs) {
      const [row] = await query<SubscriptionRow & { fence: number; failures: number }>(
        pool,
        `update heliograph.subscriptions
            set fence = fence + 1, claimed_until = clock_timestamp() + $2 * interval '1 millisecond'
          where key = $1 and claimed_until <= clock_timestamp() returning *`,
        [key, leaseMs],
      );
      if (row !== undefined)
        return {
          status: 'claimed',
          fence: row.fence,
          failures: row.failures,
          subscription: toSubscription(row),
        };
      const known = await query(pool, 'select from heliograph.subscriptions where key = $1', [key]);
      return { status: known.length > 0 ? 'busy' : 'missing' };
    },
    settleSubscription: (key, fence, change) => settleSubscription(pool, key, fence, change),
    async rememberGraphId(key, fence, graphId) {
      const rows = await query(
        pool,
        `with claimed as (
           select key from heliograph.subscriptions where key = $1 and fence = $2 for key share
         ), remembered as (
           insert into heliograph.subscription_graph_ids (graph_id, key) select $3, key from claimed
           on conflict (graph_id) do nothing
         )
         select key from claimed`,
        [key, fence, graphId],
      );
      return rows.length > 0;
    },
    async resolveResource(key, fence, resource) {
      try {
        const rows = await query(
          pool,
          `update heliograph.subscriptions set resource = $3, updated_at = clock_timestamp()
            where key = $1 and fence = $2 returning key`,
          [key, fence, resource],
        );
        return { status: rows.length > 0 ? 'resolved' : 'lost' };
      } catch (error) {
        if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
        const [other] = await query<{ key: string }>(
          pool,
          `select o.key from heliograph.subscriptions o
             join heliograph.subscriptions s on s.key = $1 and o.key <> s.key
            where o.tenant = s.tenant and o.resource = $2 and o.change_types = s.change_types and o.rich = s.rich
              and o.status <> 'deleting'`,
          [key, resource],
        );
        if (other === undefined) throw error;
        return { status: 'conflict', key: other.key };
      }
    },
    async patchSubscription(key, patch) {
      const [row] = await query<SubscriptionRow>(
        pool,
        `update heliograph.subscriptions
            set "fetch" = coalesce($2, "fetch"),
                status = case when $3 and status <> 'deleting' then 'paused'
                              when not $3 and status = 'paused' then 'removed' else status end,
                reason = case when $3 is distinct from null and status <> 'deleting' then null else reason end,
                renew_at = case when $3 is distinct from null then clock_timestamp() else renew_at end,
                fence = case when $3 is distinct from null then fence + 1 else fence end,
                claimed_until = case when $3 is distinct from null then '-infinity' else claimed_until end,
                updated_at = clock_timestamp()
          where key = $1 returning *`,
        [key, patch.fetch ?? null, patch.paused ?? null],
      );
      return row === undefined ? null : toSubscription(row);
    },
    async markDeleting(key) {
      const rows = await query(
        pool,
        `update heliograph.subscriptions
            set status = 'deleting', reason = null, renew_at = clock_timestamp(), failures = 0, fence = fence + 1,
                claimed_until = '-infinity', updated_at = clock_timestamp()
          where key = $1 returning key`,
        [key],
      );
      return rows.length > 0;
    },
    async removeSubscription(key) {
      await query(pool, 'delete from heliograph.subscriptions where key = $1', [key]);
    },
    async makeDue(key, removedGraphId, reason) {
      await query(
        pool,
        `update heliograph.subscriptions
            set renew_at = clock_timestamp(),
                status = case when $2::text is null then status else 'removed' end,
                graph_id = case when $2::text is null then graph_id end,
                reason = coalesce($3::jsonb, reason), updated_at = clock_timestamp()
          where key = $1 and status not in ('paused', 'deleting') and ($2::text is null or graph_id = $2)`,
        [key, removedGraphId, reason === null ? null : JSON.stringify(reason)],
      );
    },
    async markFailing(key, reason) {
      await query(
        pool,
        `update heliograph.subscriptions set status = 'failing', reason = $2::jsonb, updated_at = clock_timestamp()
          where key = $1 and status = 'active'`,
        [key, JSON.stringify(reason)],
      );
    },
    async clearFailing(key, codes) {
      await query(
        pool,
        `update heliograph.subscriptions set status = 'active', reason = null, updated_at = clock_timestamp()
          where key = $1 and status = 'failing' and reason ->> 'code' = any ($2)`,
        [key, codes],
      );
    },
  };
}

async function settleSubscription(
  pool: Pool,
  key: string,
  fence: number,
  change: SubscriptionChange,
): Promise<boolean> {
  const columns: [string, unknown][] = [['failures', change.failures]];
  if (change.status !== undefined) columns.push(['status', change.status]);
  if (change.reason !== undefined)
    columns.push(['reason', change.reason === null ? null : JSON.stringify(change.reason)]);
  if (change.graphId !== undefined) columns.push(['graph_id', change.graphId]);
  if (change.expiresAt !== undefined) columns.push(['expires_at', change.expiresAt]);
  if (change.renewAt !== undefined) columns.push(['renew_at', change.renewAt]);
  const sets = columns.map(([name], index) => `${name} = $${index + 3}`).join(', ');
  const rows = await query(
    pool,
    `with settled as (
       update heliograph.subscriptions
          set ${sets}, claimed_until = '-infinity', updated_at = clock_timestamp()
        where key = $1 and fence = $2 returning key, graph_id
     ), remembered as (
       insert into heliograph.subscription_graph_ids (graph_id, key)
       select graph_id, key from settled where graph_id is not null
       on conflict (graph_id) do nothing
     )
     select key from settled`,
    [key, fence, ...columns.map(([, value]) => value)],
  );
  return rows.length > 0;
}
