import { makeClientState, type ClientStateSecret } from '../core/client-state.ts';
import { isGuid } from '../core/graph-path.ts';
import { isObject } from '../core/notification.ts';
import { refusalOf, type Refusal } from '../core/remedy.ts';
import { watchedResource, type WatchedResource } from '../core/resource-catalogue.ts';
import {
  expiryToAskFor,
  nextTry,
  renewalTime,
  type Subscription,
  type SubscriptionStatus,
} from '../core/subscription.ts';
import type { Clock } from '../ports/clock.ts';
import type { GraphAnswer, GraphApi, GraphSubscription } from '../ports/graph-api.ts';
import type { Log } from '../ports/log.ts';
import type { SubscriptionChange, SubscriptionStore } from '../ports/subscription-store.ts';
import { notificationUrls } from './endpoints.ts';
import { recordGap, type RecordGapDeps } from './record-gap.ts';

/*
 * One act that brings a subscription to the state it should have, whatever state it is in:
 *   creating, removed   create it at Graph
 *   active, failing     PATCH its expiry, which reauthorizes too; 404 means gone: create it anew
 *   paused, deleting    delete it at Graph
 * The scheduler, the CLI and the lifecycle events all come here, under a claim that keeps two acts from meeting. PATCH is the
 * only way we reauthorize, so the rule "never PATCH and reauthorize within 10 minutes" cannot be broken:
 * https://learn.microsoft.com/graph/change-notifications-lifecycle-events
 */

export interface RenewDeps {
  store: Pick<
    SubscriptionStore,
    'claimSubscription' | 'settleSubscription' | 'removeSubscription' | 'resolveResource'
  > &
    RecordGapDeps['store'];
  graph: Pick<
    GraphApi,
    'createSubscription' | 'renewSubscription' | 'deleteSubscription' | 'listSubscriptions' | 'get'
  >;
  clock: Clock;
  log: Log;
  publicUrl: string;
  /** The first makes new clientStates. */
  clientStateSecrets: readonly [ClientStateSecret, ...ClientStateSecret[]];
}

export type RenewOutcome =
  | { status: 'renewed' | 'created' | 'deleted' | 'paused' }
  /** Graph could not be asked; tried again at `renewAt`. */
  | { status: 'deferred'; reason: string }
  | ({ status: 'failing' } & Refusal)
  /** As `failing`, of a subscription that never came to be: who asked for it just now may still be told and it be forgotten. */
  | ({ status: 'refused' } & Refusal)
  /** It turned out to watch what another of ours watches (a principal name that became an id); it is not kept. */
  | { status: 'conflict'; key: string }
  | { status: 'busy' | 'missing' };

/** Longer than the slowest act: a name to resolve, a create of 30 s refused, the orphan found and deleted, a second create. */
const CLAIM_MS = 120_000;

interface Act extends RenewDeps {
  subscription: Subscription;
  fence: number;
  failures: number;
}

export async function renewSubscription(deps: RenewDeps, key: string): Promise<RenewOutcome> {
  const claim = await deps.store.claimSubscription(key, CLAIM_MS);
  if (claim.status !== 'claimed') return claim;
  const act: Act = { ...deps, ...claim };
  const outcome = await bringAbout(act);
  deps.log.info(
    { key, tenant: claim.subscription.tenant, was: claim.subscription.status, ...outcome },
    'subscription.acted',
  );
  return outcome;
}

async function bringAbout(act: Act): Promise<RenewOutcome> {
  const { subscription } = act;
  switch (subscription.status) {
    case 'deleting':
    case 'paused':
      return takeDown(act);
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
  if (watched === null) return unwatchable(act);
  const asked = expiryToAskFor(watched.kind.maxLifetimeMinutes, act.clock.now());
  const answer = await act.graph.renewSubscription(act.subscription.tenant, graphId, asked);
  if (answer.status === 'ok') return settleActive(act, 'renewed', answer.value);
  // Gone, whatever becomes of creating it anew: it must not count as active meanwhile.
  if (answer.status === 'refused' && answer.httpStatus === 404)
    return create({ ...act, subscription: { ...act.subscription, status: 'removed' } });
  return settleFailure(act, answer, watched);
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
    if (cleared === 'cleared') answer = await act.graph.createSubscription(tenant, ask);
    else if (cleared !== 'none') answer = cleared;
  }
  return answer.status === 'ok'
    ? settleActive(act, 'created', answer.value)
    : settleFailure(act, answer, watched);
}

/**
 * A 409 where we know of none: an earlier create of ours that Graph accepted and we did not live to record. It has our
 * notification URL, so it is ours to delete; one with another URL is not.
 * @returns `none` when there is none of ours; an answer of Graph's when it cannot be asked now
 */
async function clearOrphan(
  act: Act,
  watched: WatchedResource,
): Promise<'cleared' | 'none' | GraphAnswer<never>> {
  const { tenant, changeTypes } = act.subscription;
  const { notificationUrl } = notificationUrls(act.publicUrl);
  const listed = await act.graph.listSubscriptions(tenant);
  if (listed.status !== 'ok') return listed.status === 'refused' ? 'none' : listed;
  const orphan = listed.value.find(
    (each) =>
      each.notificationUrl === notificationUrl &&
      watchedResource(each.resource)?.path === watched.path &&
      each.changeType.split(',').sort().join() === [...changeTypes].sort().join(),
  );
  if (orphan === undefined) return 'none';
  const deleted = await act.graph.deleteSubscription(tenant, orphan.id);
  if (deleted.status === 'ok' || (deleted.status === 'refused' && deleted.httpStatus === 404))
    return 'cleared';
  return deleted.status === 'refused' ? 'none' : deleted;
}

type Resolution = { status: 'resolved'; watched: WatchedResource } | { status: 'not'; outcome: RenewOutcome };

/**
 * Notifications name users by id. A path with a principal name is rewritten once, before the first create, so that the check
 * "the resource lies inside what was subscribed to" can be strict.
 */
async function resolvePrincipalName(act: Act): Promise<Resolution> {
  const watched = watchedResource(act.subscription.resource);
  if (watched === null) return { status: 'not', outcome: await unwatchable(act) };
  const name = watched.variables['user'];
  if (name === undefined || isGuid(name)) return { status: 'resolved', watched };
  const answer = await act.graph.get(act.subscription.tenant, `users/${name}?$select=id`);
  if (answer.status !== 'ok') return { status: 'not', outcome: await settleFailure(act, answer, watched) };
  const id = isObject(answer.value) ? answer.value['id'] : undefined;
  const path = watched.path.replace(`users/${name}`, () => `users/${String(id)}`);
  const byId = typeof id === 'string' && isGuid(id) ? watchedResource(path) : null;
  if (byId === null) return { status: 'not', outcome: await unwatchable(act) };
  const stored = await act.store.resolveResource(act.subscription.key, act.fence, byId.path);
  if (stored.status === 'conflict') {
    await act.store.removeSubscription(act.subscription.key);
    return { status: 'not', outcome: stored };
  }
  return { status: 'resolved', watched: byId };
}

async function takeDown(act: Act): Promise<RenewOutcome> {
  const { subscription } = act;
  if (subscription.graphId !== null) {
    const answer = await act.graph.deleteSubscription(subscription.tenant, subscription.graphId);
    const gone =
      answer.status === 'ok' || (answer.status === 'refused' && [401, 403, 404].includes(answer.httpStatus));
    if (!gone) return settleDeferred(act, subscription.status, answer);
  }
  if (subscription.status === 'deleting') {
    await act.store.removeSubscription(subscription.key);
    return { status: 'deleted' };
  }
  await settle(act, { graphId: null, expiresAt: null, renewAt: null, reason: null, failures: 0 });
  return { status: 'paused' };
}

/** Between the end of the old one and now nobody told us anything. */
function recordRecreated(act: Act): Promise<void> {
  const { subscription, clock } = act;
  const from = subscription.lastNotificationAt ?? subscription.createdAt;
  return recordGap(act, {
    watch: subscription,
    cause: 'subscription_removed',
    from,
    to: new Date(clock.now()).toISOString(),
  });
}

async function settleActive(
  act: Act,
  status: 'renewed' | 'created',
  graph: GraphSubscription,
): Promise<RenewOutcome> {
  const now = act.clock.now();
  // Before the subscription is well again: a gap that cannot be recorded now is recorded by the next try.
  if (status === 'created' && act.subscription.status !== 'creating') await recordRecreated(act);
  const kept = await settle(act, {
    status: 'active',
    reason: null,
    graphId: graph.id,
    expiresAt: graph.expiresAt,
    renewAt: renewalTime(now, Date.parse(graph.expiresAt), act.clock.random()),
    failures: 0,
  });
  if (!kept) {
    // Deleted or taken over meanwhile: what Graph just made is nobody's, and must not go on posting.
    if (status === 'created') await act.graph.deleteSubscription(act.subscription.tenant, graph.id);
    return { status: 'busy' };
  }
  return { status };
}

async function settleFailure(
  act: Act,
  answer: Exclude<GraphAnswer<unknown>, { status: 'ok' }>,
  watched: WatchedResource,
): Promise<RenewOutcome> {
  return answer.status === 'refused'
    ? settleRefused(act, refusalOf(answer, watched.kind.permission))
    : settleDeferred(act, act.subscription.status, answer);
}

/** Refused: it is failing, visibly, and tried again. One that was accepted before (202, or a pause that ended) never just vanishes. */
async function settleRefused(act: Act, refusal: Refusal): Promise<RenewOutcome> {
  const { subscription } = act;
  const since = subscription.reason?.since ?? new Date(act.clock.now()).toISOString();
  await settle(act, {
    status: 'failing',
    reason: { ...refusal, since },
    renewAt: nextTry(act.clock.now(), act.failures + 1, act.clock.random()),
    failures: act.failures + 1,
  });
  return { status: subscription.status === 'creating' ? 'refused' : 'failing', ...refusal };
}

/** Graph could not be asked. The subscription keeps its status while it is alive; one that has run out is failing. */
async function settleDeferred(
  act: Act,
  status: SubscriptionStatus,
  answer: Exclude<GraphAnswer<unknown>, { status: 'ok' }>,
): Promise<RenewOutcome> {
  const now = act.clock.now();
  const failures = act.failures + 1;
  const words =
    answer.status === 'throttled'
      ? 'Graph throttles this app.'
      : `Graph cannot be reached: ${answer.message}`;
  const expired = act.subscription.expiresAt !== null && Date.parse(act.subscription.expiresAt) <= now;
  await settle(act, {
    status: status === 'active' && expired ? 'failing' : status,
    reason: {
      code: answer.status === 'throttled' ? 'graph_throttles' : 'graph_unreachable',
      message: words,
      remedy:
        'Nothing to do: the hub goes on trying. If it lasts, check the network and the state of Microsoft 365.',
      since: act.subscription.reason?.since ?? new Date(now).toISOString(),
    },
    renewAt: nextTry(now, failures, act.clock.random(), waitOf(answer)),
    failures,
  });
  return { status: 'deferred', reason: words };
}

function waitOf(answer: GraphAnswer<unknown>): number {
  return answer.status === 'throttled' ? (answer.retryAfterMs ?? 0) : 0;
}

function unwatchable(act: Act): Promise<RenewOutcome> {
  return settleRefused(act, {
    code: 'unknown_resource',
    message: `${act.subscription.resource} is not a resource this version of the hub can watch.`,
    remedy: 'Delete the subscription, or run the version of the hub that created it.',
  });
}

async function settle(act: Act, change: SubscriptionChange): Promise<boolean> {
  return act.store.settleSubscription(act.subscription.key, act.fence, change);
}
