import { makeClientState } from '../../core/client-state.ts';
import { ADDRESS_CHANGED, REMOVED_BY_GRAPH, type Refusal } from '../../core/remedy.ts';
import { watchedResource, type WatchedResource } from '../../core/resource-catalogue.ts';
import { expiryToAskFor } from '../../core/subscription.ts';
import { clearOrphan } from './clear-orphan.ts';
import { notificationUrls, postsHere } from './endpoints.ts';
import { CLAIM, holdClaim } from './hold-claim.ts';
import { resolvePrincipalName } from './resolve-principal-name.ts';
import {
  settleActive,
  settleFailure,
  settleUnwatchable,
  type Act,
  type RenewDeps,
  type RenewOutcome,
} from './settle-act.ts';
import { takeDownSubscription } from './take-down-subscription.ts';

export type { RenewDeps, RenewOutcome } from './settle-act.ts';

/*
 * One act that brings a subscription to the state it should have, whatever state it is in:
 *   creating, removed   create it at Graph
 *   active, failing     PATCH its expiry, which reauthorizes too; 404 means gone: create it anew. So is one that posts to where the hub
 *                       was before
 *   paused, deleting    delete it at Graph
 * The scheduler, the CLI and the lifecycle events all come here, under a claim that keeps two acts from meeting. PATCH is the
 * only way we reauthorize, so the rule "never PATCH and reauthorize within 10 minutes" cannot be broken:
 * https://learn.microsoft.com/graph/change-notifications-lifecycle-events
 */

/** @param refused what becomes of one that Graph refuses to create at its first time: kept as failing, or forgotten */
export async function renewSubscription(
  deps: RenewDeps,
  key: string,
  refused: Act['refused'] = 'keep',
): Promise<RenewOutcome> {
  const claim = await deps.store.claimSubscription(key, CLAIM.leaseMs);
  if (claim.status !== 'claimed') return claim;
  const act: Act = { ...deps, ...claim, refused };
  const outcome = await holdClaim(deps, { key, fence: claim.fence }, () => bringAbout(act));
  const { tenant, status: was } = claim.subscription;
  // Not Graph's words: they may name a person. They stand in the subscription's reason.
  const code = 'code' in outcome ? outcome.code : undefined;
  const fields = { key, tenant, was, status: outcome.status, code };
  if (code === undefined) deps.log.info(fields, 'subscription.acted');
  else deps.log.warn(fields, 'subscription.acted');
  return outcome;
}

async function bringAbout(act: Act): Promise<RenewOutcome> {
  const { subscription } = act;
  switch (subscription.status) {
    case 'deleting':
    case 'paused':
      return takeDownSubscription(act);
    case 'creating':
    case 'removed':
      return create(act);
    case 'active':
    case 'failing':
      return subscription.graphId === null ? create(act) : renew(act, subscription.graphId);
  }
}

async function renew(act: Act, graphId: string): Promise<RenewOutcome> {
  const watched = watchedResource(act.subscription.resource);
  if (watched === null) return settleUnwatchable(act);
  const asked = expiryToAskFor(watched.kind.maxLifetimeMinutes, act.clock.now());
  const answer = await act.graph.renewSubscription(act.subscription.tenant, graphId, asked);
  if (answer.status === 'ok')
    return postsHere(answer.value.notificationUrl, act.publicUrl)
      ? settleActive(act, 'renewed', answer.value)
      : move(act, graphId, watched);
  if (answer.status !== 'refused' || answer.httpStatus !== 404) return settleFailure(act, answer, watched);
  const removed = await asRemoved(act, REMOVED_BY_GRAPH);
  if (removed === null) return { status: 'busy' };
  act.log.warn({ key: act.subscription.key }, 'subscription.gone');
  return create(removed);
}

/** The hub has another address than when it was created. Graph lets nobody change that of lifecycle events, so it is created anew. */
async function move(act: Act, graphId: string, watched: WatchedResource): Promise<RenewOutcome> {
  const deleted = await act.graph.deleteSubscription(act.subscription.tenant, graphId);
  const isDeleted = deleted.status === 'ok' || (deleted.status === 'refused' && deleted.httpStatus === 404);
  if (!isDeleted) return settleFailure(act, deleted, watched);
  const removed = await asRemoved(act, ADDRESS_CHANGED);
  if (removed === null) return { status: 'busy' };
  act.log.warn({ key: act.subscription.key }, 'subscription.moved');
  return create(removed);
}

/**
 * Gone at Graph, and on the record as that before anything is made in its place: it may have been deleted meanwhile, by us. Null when the
 * claim was lost.
 */
async function asRemoved(act: Act, why: Refusal): Promise<Act | null> {
  const reason = { ...why, since: new Date(act.clock.now()).toISOString() };
  if (!(await act.store.markRemoved(act.subscription.key, act.fence, reason))) return null;
  return { ...act, subscription: { ...act.subscription, status: 'removed', graphId: null, reason } };
}

async function create(act: Act): Promise<RenewOutcome> {
  const resolved = await resolvePrincipalName(act);
  if (resolved.status !== 'resolved') return resolved.outcome;
  const { watched } = resolved;
  const ask = {
    changeTypes: act.subscription.changeTypes,
    resource: watched.path,
    ...notificationUrls(act.publicUrl),
    expiresAt: expiryToAskFor(watched.kind.maxLifetimeMinutes, act.clock.now()),
    clientState: makeClientState(act.clientStateSecrets[0], act.subscription.key),
    immutableIds: watched.kind.immutableIds,
  };
  const { tenant } = act.subscription;
  let answer = await act.graph.createSubscription(tenant, ask);
  if (answer.status === 'refused' && answer.httpStatus === 409) {
    const cleared = await clearOrphan(act, watched);
    if (cleared === 'lost') return { status: 'busy' };
    if (cleared === 'cleared') answer = await act.graph.createSubscription(tenant, ask);
    else if (cleared !== 'none') answer = cleared;
  }
  return answer.status === 'ok'
    ? settleActive(act, 'created', answer.value)
    : settleFailure(act, answer, watched);
}
