import type { Clock } from '../../ports/clock.ts';
import type { GraphApi } from '../../ports/graph-api.ts';
import type { Log } from '../../ports/log.ts';
import type { SubscriptionStore } from '../../ports/subscription-store.ts';
import { TENANT_UNKNOWN } from '../../core/remedy.ts';

export interface NoteTenantsDeps {
  store: Pick<SubscriptionStore, 'listSubscriptions' | 'markFailing' | 'clearFailing'>;
  graph: Pick<GraphApi, 'tenants'>;
  clock: Clock;
  log: Log;
}

const PAGE = 500;

/**
 * At the start: a subscription of a tenant this hub has no credential for (another tenant's settings on the same database, say) is failing
 * and says so, rather than look well until it runs out. One whose tenant is back is active again.
 * @returns how many have no tenant here
 */
export async function noteTenants({ store, graph, clock, log }: NoteTenantsDeps): Promise<number> {
  const served = new Set(graph.tenants().map((tenant) => tenant.toLowerCase()));
  const since = new Date(clock.now()).toISOString();
  let unserved = 0;
  for (let after: string | null = null; ;) {
    const page = await store.listSubscriptions({ after, limit: PAGE });
    for (const { key, tenant, status } of page) {
      const isServed = served.has(tenant.toLowerCase());
      if (!isServed) unserved++;
      if (!isServed && status === 'active') await store.markFailing(key, { ...TENANT_UNKNOWN, since });
      if (isServed && status === 'failing') await store.clearFailing(key, [TENANT_UNKNOWN.code]);
    }
    after = page.at(-1)?.key ?? null;
    if (page.length < PAGE || after === null) break;
  }
  if (unserved > 0) log.warn({ subscriptions: unserved }, 'tenant.unknown');
  return unserved;
}
