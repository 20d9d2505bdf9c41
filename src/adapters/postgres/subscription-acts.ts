import type { Pool } from 'pg';
import type { ResolveResult, SubscriptionChange, SubscriptionStore } from '../../ports/subscription-store.ts';
import { query, sqlState, WITHOUT_WAITING } from './pool.ts';
import { orConflict, UNIQUE_VIOLATION } from './subscription-conflict.ts';
import { toSubscription, type SubscriptionRow } from './subscription-row.ts';

type Acts = Pick<
  SubscriptionStore,
  | 'claimSubscription'
  | 'extendClaim'
  | 'settleSubscription'
  | 'markRemoved'
  | 'rememberGraphId'
  | 'resolveResource'
  | 'patchSubscription'
  | 'markDeleting'
  | 'removeSubscription'
  | 'makeDue'
  | 'markFailing'
  | 'clearFailing'
>;

/**
 * What came for the id before it was remembered waits in the inbox: it is due at once, or what comes for it from now on would overtake it.
 * Passing over what is locked, for whoever locks it has it in hand.
 */
const WAITING_DUE = `due as (
       update heliograph.inbox i set due_at = clock_timestamp()
         from (select n.id from heliograph.inbox n, remembered r
                where n.due_at > clock_timestamp() and position('"cause":"not_yet_known"' in n.posts) > 0
                  and position(r.key in n.posts) > 0
                  for update of n skip locked) w
        where i.id = w.id
     )`;

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
    async extendClaim(key, fence, leaseMs) {
      const rows = await query(
        pool,
        `update heliograph.subscriptions s
            set claimed_until = clock_timestamp() + $3 * interval '1 millisecond' from ${WITHOUT_WAITING}
          where s.key = $1 and s.fence = $2 and s.claimed_until > '-infinity' returning s.key`,
        [key, fence, leaseMs],
      );
      return rows.length > 0;
    },
    settleSubscription: (key, fence, change) => settleSubscription(pool, key, fence, change),
    async markRemoved(key, fence, reason) {
      const rows = await query(
        pool,
        `update heliograph.subscriptions
            set status = 'removed', graph_id = null, expires_at = null, reason = $3::jsonb, updated_at = clock_timestamp()
          where key = $1 and fence = $2 returning key`,
        [key, fence, JSON.stringify(reason)],
      );
      return rows.length > 0;
    },
    rememberGraphId: (key, fence, graphId) => rememberGraphId(pool, key, fence, graphId),
    resolveResource: (key, fence, resource) => resolveResource(pool, key, fence, resource),
    async patchSubscription(key, patch) {
      const [row] = await query<SubscriptionRow>(
        pool,
        `update heliograph.subscriptions s
            set "fetch" = coalesce($2, s."fetch"),
                status = case when not turned then status when $3 then 'paused' else 'removed' end,
                reason = case when turned then null else reason end,
                renew_at = case when turned then clock_timestamp() else renew_at end,
                fence = case when turned then fence + 1 else fence end,
                claimed_until = case when turned then '-infinity' else claimed_until end,
                updated_at = clock_timestamp()
           from (select key, coalesce(case when $3 then status not in ('paused', 'deleting') else status = 'paused' end
                                      and $3::boolean is not null, false) as turned
                   from heliograph.subscriptions where key = $1 for update) as was
          where s.key = was.key returning s.*`,
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
    async removeSubscription(key, fence) {
      const rows = await query(
        pool,
        'delete from heliograph.subscriptions where key = $1 and fence = $2 returning key',
        [key, fence],
      );
      return rows.length > 0;
    },
    async makeDue(key, removedGraphId, reason) {
      const rows = await query(
        pool,
        `update heliograph.subscriptions
            set renew_at = clock_timestamp(),
                status = case when $2::text is null then status else 'removed' end,
                graph_id = case when $2::text is null then graph_id end,
                expires_at = case when $2::text is null then expires_at end,
                fence = case when $2::text is null then fence else fence + 1 end,
                claimed_until = case when $2::text is null then claimed_until else '-infinity' end,
                reason = coalesce($3::jsonb, reason), updated_at = clock_timestamp()
          where key = $1 and status not in ('paused', 'deleting') and ($2::text is null or graph_id = $2)
          returning key`,
        [key, removedGraphId, reason === null ? null : JSON.stringify(reason)],
      );
      return rows.length > 0;
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

async function resolveResource(
  pool: Pool,
  key: string,
  fence: number,
  resource: string,
): Promise<ResolveResult> {
  const resolve = async (): Promise<ResolveResult | null> => {
    try {
      const rows = await query(
        pool,
        `update heliograph.subscriptions set resource = $3, updated_at = clock_timestamp()
          where key = $1 and fence = $2 returning key`,
        [key, fence, resource],
      );
      return { status: rows.length > 0 ? 'resolved' : 'lost' };
    } catch (error) {
      if (sqlState(error) === UNIQUE_VIOLATION) return null;
      throw error;
    }
  };
  return orConflict(resolve, () =>
    query<{ key: string }>(
      pool,
      `select o.key from heliograph.subscriptions o
         join heliograph.subscriptions s on s.key = $1 and o.key <> s.key
        where o.tenant = s.tenant and o.resource = $2 and o.change_types = s.change_types and o.rich = s.rich
          and o.status <> 'deleting'`,
      [key, resource],
    ),
  );
}

/**
 * Whether another watches the same is asked after Graph was: what Graph had by then cannot be that one's, unless it was there already.
 */
async function rememberGraphId(
  pool: Pool,
  key: string,
  fence: number,
  graphId: string,
): Promise<'remembered' | 'taken' | 'lost'> {
  const [row] = await query<{ free: boolean }>(
    pool,
    `with claimed as (
       select s.key, not exists (
                select from heliograph.subscriptions o
                 where s.status = 'deleting' and o.status <> 'deleting' and o.tenant = s.tenant
                   and o.resource = s.resource and o.change_types = s.change_types and o.rich = s.rich)
              and not exists (
                select from heliograph.subscription_graph_ids g where g.graph_id = $3 and g.key <> s.key) as free
         from heliograph.subscriptions s where s.key = $1 and s.fence = $2 for key share
     ), remembered as (
       insert into heliograph.subscription_graph_ids (graph_id, key) select $3, key from claimed where free
       on conflict (graph_id) do nothing returning key
     ), ${WAITING_DUE}
     select free from claimed`,
    [key, fence, graphId],
  );
  if (row === undefined) return 'lost';
  return row.free ? 'remembered' : 'taken';
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
       on conflict (graph_id) do nothing returning key
     ), ${WAITING_DUE}
     select key from settled`,
    [key, fence, ...columns.map(([, value]) => value)],
  );
  return rows.length > 0;
}
