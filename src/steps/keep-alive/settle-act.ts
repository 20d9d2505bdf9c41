import type { ClientStateSecret } from '../../core/client-state.ts';
import {
  alreadyWatched,
  concernsEndpoint,
  HUB_STOPPED,
  refusalOf,
  refusalOfDeletion,
  WRONG_SECRET,
  type Refusal,
} from '../../core/remedy.ts';
import type { WatchedResource } from '../../core/resource-catalogue.ts';
import { nextTry, renewalTime, type Subscription, type SubscriptionStatus } from '../../core/subscription.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GraphAnswer, GraphApi, GraphSubscription } from '../../ports/graph-api.ts';
import type { Log } from '../../ports/log.ts';
import type { SubscriptionChange, SubscriptionStore } from '../../ports/subscription-store.ts';
import { CLAIM } from './hold-claim.ts';
import { recordGap, type RecordGapDeps } from '../record-gap.ts';

/*
 * How an act on a subscription ends: what Graph answered becomes the subscription's status, its reason and the time of the next try.
 */

export interface RenewDeps extends RecordGapDeps {
  store: RecordGapDeps['store'] &
    Pick<
      SubscriptionStore,
      | 'claimSubscription'
      | 'extendClaim'
      | 'settleSubscription'
      | 'markRemoved'
      | 'removeSubscription'
      | 'resolveResource'
      | 'rememberGraphId'
    >;
  graph: Pick<
    GraphApi,
    'createSubscription' | 'renewSubscription' | 'deleteSubscription' | 'listSubscriptions' | 'get'
  >;
  clock: Clock;
  log: Log;
  publicUrl: string;
  /** Fires when this hub begins to stop. */
  stopping: AbortSignal;
  /** The first makes new clientStates. */
  clientStateSecrets: readonly [ClientStateSecret, ...ClientStateSecret[]];
}

export type RenewOutcome =
  | { status: 'renewed' | 'created' | 'deleted' | 'paused' }
  /** Graph could not be asked; tried again at `renewAt`. */
  | { status: 'deferred'; code: string; reason: string }
  /** Graph refused because this hub stops. Tried again when it runs; what never came to be may be forgotten, as if `refused`. */
  | { status: 'stopping' }
  | ({ status: 'failing' } & Refusal)
  /** As `failing`, of a subscription that never came to be: who asked for it just now may still be told and it be forgotten. */
  | ({ status: 'refused' } & Refusal)
  /** As `refused`: it turned out to watch what another of ours watches (a principal name that became an id). */
  | { status: 'conflict'; key: string }
  | { status: 'busy' | 'missing' };

/** One act on a subscription, under its claim. `failures`: in a row, before it. */
export interface Act extends RenewDeps {
  subscription: Subscription;
  fence: number;
  failures: number;
  /** `forget`: what Graph refuses to create is not kept, for whoever asks for it is told so now. */
  refused: 'keep' | 'forget';
}

type NotOk = Exclude<GraphAnswer<never>, { status: 'ok' }>;
type Refused = Extract<NotOk, { status: 'refused' }>;
type NotNow = Exclude<NotOk, Refused>;

export async function settleActive(
  act: Act,
  status: 'renewed' | 'created',
  graph: GraphSubscription,
): Promise<RenewOutcome> {
  const now = act.clock.now();
  if (status === 'created' && act.subscription.status !== 'creating') {
    if (!(await stillHeld(act))) return disown(act, graph);
    // Before the subscription is well again: a gap that cannot be recorded now is recorded by the next try.
    await recordRecreated(act);
  }
  // A renewal does not change the clientState that Graph has: only what proves itself again ends that trouble.
  const { reason } = act.subscription;
  const isUnproven = status === 'renewed' && reason?.code === WRONG_SECRET;
  const kept = await settle(act, {
    status: isUnproven ? 'failing' : 'active',
    reason: isUnproven ? reason : null,
    graphId: graph.id,
    expiresAt: graph.expiresAt,
    renewAt: renewalTime(now, Date.parse(graph.expiresAt), act.clock.random()),
    failures: 0,
  });
  if (kept) return { status };
  return status === 'created' ? disown(act, graph) : { status: 'busy' };
}

/** Deleted, paused or taken over meanwhile: what Graph just made is nobody's, and must not go on posting. */
async function disown(act: Act, graph: GraphSubscription): Promise<RenewOutcome> {
  const { key, tenant } = act.subscription;
  const answer = await act.graph.deleteSubscription(tenant, graph.id);
  if (answer.status !== 'ok') act.log.warn({ key, graphId: graph.id }, 'subscription.disowned');
  return { status: 'busy' };
}

function stillHeld(act: Act): Promise<boolean> {
  return act.store.extendClaim(act.subscription.key, act.fence, CLAIM.leaseMs);
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

export async function settleFailure(
  act: Act,
  answer: NotOk,
  watched: WatchedResource,
): Promise<RenewOutcome> {
  if (answer.status !== 'refused') return settleDeferred(act, act.subscription.status, answer);
  const refusal = refusalOf(answer, watched.kind.permission);
  return act.stopping.aborted && concernsEndpoint(refusal)
    ? settleStopping(act)
    : settleRefused(act, refusal);
}

async function settleStopping(act: Act): Promise<RenewOutcome> {
  const { key, status } = act.subscription;
  if (isForgotten(act)) await act.store.removeSubscription(key, act.fence);
  else await settleReason(act, status, HUB_STOPPED);
  return { status: 'stopping' };
}

/** Whoever asks for it is told now that it is not, so nothing of it stays. */
function isForgotten({ subscription, refused }: Act): boolean {
  return subscription.status === 'creating' && refused === 'forget';
}

/** Refused: it is failing, visibly, and tried again. One that was accepted before (202, or a pause that ended) never just vanishes. */
export async function settleRefused(act: Act, refusal: Refusal): Promise<RenewOutcome> {
  const { key, status } = act.subscription;
  if (isForgotten(act)) await act.store.removeSubscription(key, act.fence);
  else await settleReason(act, 'failing', refusal);
  return { status: status === 'creating' ? 'refused' : 'failing', ...refusal };
}

/** @param other the key of ours that watches the same */
export async function settleConflict(act: Act, other: string): Promise<RenewOutcome> {
  await settleRefused(act, alreadyWatched(other));
  return { status: 'conflict', key: other };
}

/** Graph could not be asked. The subscription keeps its status while it is alive; one that has run out is failing. */
export async function settleDeferred(
  act: Act,
  status: SubscriptionStatus,
  answer: NotNow,
): Promise<RenewOutcome> {
  const throttled = answer.status === 'throttled';
  const message = throttled ? 'Graph throttles this app.' : `Graph cannot be reached: ${answer.message}`;
  const { expiresAt } = act.subscription;
  const expired = expiresAt !== null && Date.parse(expiresAt) <= act.clock.now();
  const reason = {
    code: throttled ? 'graph_throttles' : 'graph_unreachable',
    message,
    remedy:
      'Nothing to do: the hub goes on trying. If it lasts, check the network and the state of Microsoft 365.',
  };
  const waitMs = throttled ? (answer.retryAfterMs ?? 0) : 0;
  await settleReason(act, status === 'active' && expired ? 'failing' : status, reason, waitMs);
  return { status: 'deferred', code: reason.code, reason: message };
}

/** Graph does not let go of it: it stays what it shall be, says why in Graph's words, and Graph is asked again. */
export async function settleNotDeleted(act: Act, answer: Refused): Promise<RenewOutcome> {
  const refusal = answer.httpStatus === 401 ? refusalOf(answer) : refusalOfDeletion(answer);
  await settleReason(act, act.subscription.status, refusal);
  return { status: 'failing', ...refusal };
}

export function settleUnwatchable(act: Act): Promise<RenewOutcome> {
  return settleRefused(act, {
    code: 'unknown_resource',
    message: `${act.subscription.resource} is not a resource this version of the hub can watch.`,
    remedy: 'Delete the subscription, or run the version of the hub that created it.',
  });
}

/** Not well, and tried again. The reason is as old as the trouble. */
async function settleReason(
  act: Act,
  status: SubscriptionStatus,
  refusal: Refusal,
  waitMs = 0,
): Promise<void> {
  const now = act.clock.now();
  const failures = act.failures + 1;
  const { reason: was } = act.subscription;
  const since = was?.since ?? new Date(now).toISOString();
  await settle(act, {
    status,
    // Only what proves itself again ends a wrong secret, and its time begins the gap; other trouble comes and goes.
    reason: was?.code === WRONG_SECRET && status === 'failing' ? was : { ...refusal, since },
    renewAt: nextTry(now, failures, act.clock.random(), waitMs),
    failures,
  });
}

/** False: the claim was lost meanwhile. */
export function settle(act: Act, change: SubscriptionChange): Promise<boolean> {
  return act.store.settleSubscription(act.subscription.key, act.fence, change);
}
