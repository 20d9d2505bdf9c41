import type {
  FetchMode,
  Subscription,
  SubscriptionReason,
  SubscriptionStatus,
} from '../core/subscription.ts';
import type { ChangeType } from '../core/resource-catalogue.ts';

/** What remembers the subscriptions and every id that Graph ever gave them. */
export interface SubscriptionStore {
  /**
   * It is due only some seconds from now: whoever adds it acts on it at once, and the scheduler must not come first.
   * `conflict`: another of ours watches the same resource of the tenant with the same change types.
   */
  addSubscription(subscription: NewSubscription): Promise<AddResult>;
  findSubscription(key: string): Promise<Subscription | null>;
  listSubscriptions(page: { after: string | null; limit: number }): Promise<Subscription[]>;
  /** What the worker judges by, for many keys at once. Unknown keys are left out. */
  findWatches(keys: readonly string[]): Promise<Watch[]>;
  /**
   * Takes a subscription for one act at Graph, so that two workers never act on it at once.
   * `busy`: somebody holds it. The fence goes with every write of that act.
   */
  claimSubscription(key: string, leaseMs: number): Promise<SubscriptionClaim>;
  /** Lets the claim last that long from now. False when it has ended or was lost: another has it, or what is wanted changed. */
  extendClaim(key: string, fence: number, leaseMs: number): Promise<boolean>;
  /** Writes the outcome of an act and ends the claim; false when the claim was lost meanwhile. What waits in the inbox for a new id is due. */
  settleSubscription(key: string, fence: number, outcome: SubscriptionChange): Promise<boolean>;
  /**
   * Within the claimed act: Graph turned out to have it no longer. It is `removed` and its id forgotten, so that Graph's own word of
   * the same removal, which may come any time, finds nothing to remove. The claim goes on; false when it was lost.
   */
  markRemoved(key: string, fence: number, reason: SubscriptionReason): Promise<boolean>;
  /**
   * Remembers one more id that Graph gave this subscription, within the claimed act, so that what was posted under it is believed: it is due.
   * `taken`: it is another subscription's, or may be, because another watches the same by now; it stays that one's. `lost`: the claim.
   */
  rememberGraphId(key: string, fence: number, graphId: string): Promise<'remembered' | 'taken' | 'lost'>;
  /** Replaces a principal name in the resource by the id it stands for, within the claimed act. */
  resolveResource(key: string, fence: number, resource: string): Promise<ResolveResult>;
  /**
   * Changes what an operator may change; to what it is already, changes nothing, and an act under way goes on. One that goes on after a pause is `removed`, which it is at Graph, and due: what a refusal of
   * its create leaves is a failing subscription, not none. Null when there is none.
   */
  patchSubscription(
    key: string,
    patch: { fetch?: FetchMode; paused?: boolean },
  ): Promise<Subscription | null>;
  /** Marks it for deletion, at once due; an act under way loses its claim. False when there is none. */
  markDeleting(key: string): Promise<boolean>;
  /** Forgets it within the claimed act. False when the claim was lost. */
  removeSubscription(key: string, fence: number): Promise<boolean>;
  /**
   * Makes a subscription due at once, as after a lifecycle event. With `removedGraphId`, if that is the id Graph has now: also
   * `removed`, the id forgotten; an act under way loses its claim, for what it was told by Graph is no longer so.
   * @returns false for one that is paused or deleting, or that Graph has under another id: nothing is to be done
   */
  makeDue(key: string, removedGraphId: string | null, reason: SubscriptionReason | null): Promise<boolean>;
  /** Marks as failing, for example when Graph forbids its fetches; renewal goes on. */
  markFailing(key: string, reason: SubscriptionReason): Promise<void>;
  /** What it was failing for, if its reason has one of these codes, is over: active again. */
  clearFailing(key: string, codes: readonly string[]): Promise<void>;
  /** Keys whose `renewAt` is past and that nobody acts on. */
  dueSubscriptions(limit: number): Promise<string[]>;
  countSubscriptions(): Promise<Record<SubscriptionStatus, number>>;
}

export interface NewSubscription {
  key: string;
  tenant: string;
  resource: string;
  changeTypes: readonly ChangeType[];
  rich: boolean;
  fetch: FetchMode;
}

export type AddResult = { status: 'added'; subscription: Subscription } | { status: 'conflict'; key: string };

export type ResolveResult = { status: 'resolved' | 'lost' } | { status: 'conflict'; key: string };

/** A subscription as the worker needs it. */
export interface Watch {
  key: string;
  tenant: string;
  resource: string;
  fetch: FetchMode;
  status: SubscriptionStatus;
  /** Every id Graph ever gave it. */
  graphIds: readonly string[];
  /** Graph has it under no id we know, and is still to be asked: the answer, to a create or to what became of one, may name another. */
  awaitsId: boolean;
}

export type SubscriptionClaim =
  | { status: 'claimed'; fence: number; failures: number; subscription: Subscription }
  | { status: 'busy' }
  | { status: 'missing' };

/** What an act changed. Left out: as it was. `failures` is the count of failures in a row after it. */
export interface SubscriptionChange {
  status?: SubscriptionStatus;
  reason?: SubscriptionReason | null;
  resource?: string;
  graphId?: string | null;
  expiresAt?: string | null;
  renewAt?: string | null;
  failures: number;
}
