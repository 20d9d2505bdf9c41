import { messageOf } from '../../core/errors.ts';
import type { GraphApi } from '../../ports/graph-api.ts';
import type { Log } from '../../ports/log.ts';
import type { SubscriptionStore } from '../../ports/subscription-store.ts';
import { postsHere } from './endpoints.ts';

export interface NoteEndpointsDeps {
  store: Pick<SubscriptionStore, 'listSubscriptions' | 'makeDue'>;
  graph: Pick<GraphApi, 'tenants' | 'listSubscriptions'>;
  log: Log;
  publicUrl: string;
}

const PAGE = 500;

/**
 * At the start: what Graph posts to another address than this hub's (PUBLIC_URL or PORT was changed) is due, and its renewal creates it
 * anew here; it would look well until then, and nothing would come. A tenant that cannot be asked now is left to its renewals.
 * @returns how many are due for that
 */
export async function noteEndpoints(deps: NoteEndpointsDeps): Promise<number> {
  const { store, graph, log, publicUrl } = deps;
  let moving = 0;
  try {
    const elsewhere = new Set<string>();
    for (const tenant of graph.tenants()) {
      const listed = await graph.listSubscriptions(tenant);
      if (listed.status !== 'ok') continue;
      for (const { id, notificationUrl } of listed.value)
        if (!postsHere(notificationUrl, publicUrl)) elsewhere.add(id);
    }
    for (let after: string | null = null; elsewhere.size > 0;) {
      const page = await store.listSubscriptions({ after, limit: PAGE });
      for (const { key, graphId } of page)
        if (graphId !== null && elsewhere.has(graphId) && (await store.makeDue(key, null, null))) moving++;
      after = page.at(-1)?.key ?? null;
      if (page.length < PAGE || after === null) break;
    }
  } catch (error) {
    log.warn({ reason: messageOf(error) }, 'subscription.addresses_not_read');
  }
  if (moving > 0) log.warn({ subscriptions: moving }, 'subscription.addresses_changed');
  return moving;
}
