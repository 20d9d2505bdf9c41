import { watchedResource } from '../../core/resource-catalogue.ts';
import type { GraphAnswer } from '../../ports/graph-api.ts';
import { clearOrphan } from './clear-orphan.ts';
import { principalNameIn } from './resolve-principal-name.ts';
import { settle, settleDeferred, settleNotDeleted, type Act, type RenewOutcome } from './settle-act.ts';

/** Deletes at Graph what is paused or deleting; then it is paused here, or forgotten. */
export async function takeDownSubscription(act: Act): Promise<RenewOutcome> {
  const { key, status } = act.subscription;
  const answer = await deleteAtGraph(act);
  if (answer === 'lost') return { status: 'busy' };
  if (answer.status !== 'ok' && !isGone(act, answer))
    return answer.status === 'refused' ? settleNotDeleted(act, answer) : settleDeferred(act, status, answer);
  const settled =
    status === 'deleting'
      ? await act.store.removeSubscription(key, act.fence)
      : await settle(act, { graphId: null, expiresAt: null, renewAt: null, reason: null, failures: 0 });
  if (!settled) return { status: 'busy' };
  return { status: status === 'deleting' ? 'deleted' : 'paused' };
}

/** Where no id is known Graph may hold one all the same: of a create whose process was killed before it recorded the answer. */
async function deleteAtGraph(act: Act): Promise<GraphAnswer<null> | 'lost'> {
  const { tenant, graphId, resource } = act.subscription;
  if (graphId !== null) return act.graph.deleteSubscription(tenant, graphId);
  const watched = watchedResource(resource);
  // A name becomes an id before anything is created at Graph.
  if (watched === null || principalNameIn(watched) !== null) return { status: 'ok', value: null };
  const cleared = await clearOrphan(act, watched);
  return cleared === 'none' || cleared === 'cleared' ? { status: 'ok', value: null } : cleared;
}

/**
 * Whether it needs no more asking: Graph does not have it (404), or what it has has run out; or we may not ask any more (403, a tenant
 * without a credential), and then nobody can. A sign-in that is refused (401) passes, and until then Graph goes on posting.
 */
function isGone({ subscription, clock }: Act, answer: Exclude<GraphAnswer<null>, { status: 'ok' }>): boolean {
  const { graphId, expiresAt } = subscription;
  if (graphId !== null && expiresAt !== null && Date.parse(expiresAt) <= clock.now()) return true;
  if (answer.status !== 'refused') return false;
  return [403, 404].includes(answer.httpStatus) || answer.code === 'no_credential';
}
