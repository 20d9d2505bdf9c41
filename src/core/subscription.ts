import type { ChangeType } from './resource-catalogue.ts';
import { backoffMs, MAX_RETRY_AFTER_MS, type Backoff } from './backoff.ts';

/*
 * A subscription is what we want watched. It has our key; Graph's id comes and goes.
 *
 *   creating ──created──▶ active ──renewed──▶ active
 *      │                    │ ╲
 *      │ refused            │  ╲ refused, unreachable for long ──▶ failing ──renewed or recreated──▶ active
 *      ▼                    │
 *   (nothing kept)          └ gone at Graph, or Graph said subscriptionRemoved ──▶ removed ──recreated──▶ active
 *
 *   paused: kept here, not at Graph. deleting: to be deleted at Graph, then here.
 */

export const SUBSCRIPTION_STATUSES = [
  'creating',
  'active',
  'failing',
  'removed',
  'paused',
  'deleting',
] as const;
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

export const FETCH_MODES = ['none', 'get', 'delta'] as const;
export type FetchMode = (typeof FETCH_MODES)[number];

/** Why a subscription is not well, in words for a person. */
export interface SubscriptionReason {
  code: string;
  message: string;
  remedy: string;
  since: string;
}

/** All times RFC 3339 in UTC. */
export interface Subscription {
  key: string;
  tenant: string;
  /** Canonical path, as `resource-catalogue.ts` has it. */
  resource: string;
  changeTypes: ChangeType[];
  rich: boolean;
  fetch: FetchMode;
  status: SubscriptionStatus;
  reason: SubscriptionReason | null;
  graphId: string | null;
  expiresAt: string | null;
  /** When the scheduler acts on it next: renewal, or the next try of what failed. */
  renewAt: string | null;
  lastNotificationAt: string | null;
  createdAt: string;
  updatedAt: string;
}

/** Less than Graph's maximum by this much: clocks differ, and over the maximum is a 400. */
const LIFETIME_MARGIN_MINUTES = 5;
/** Graph raises anything shorter to 45 minutes. */
const MIN_LIFETIME_MINUTES = 45;
/** Renewed when this fraction of the lifetime is left, drawn per subscription between the two: renewals spread by themselves. */
const RENEW_WHEN_LEFT = { least: 0.3, most: 0.45 };

/** The expiry to ask Graph for. */
export function expiryToAskFor(maxLifetimeMinutes: number, nowMs: number): string {
  const minutes = Math.max(MIN_LIFETIME_MINUTES, maxLifetimeMinutes - LIFETIME_MARGIN_MINUTES);
  return new Date(nowMs + minutes * 60_000).toISOString();
}

/** When to renew what expires at `expiresAtMs`. @param random 0 (inclusive) to 1 (exclusive) */
export function renewalTime(nowMs: number, expiresAtMs: number, random: number): string {
  const left = RENEW_WHEN_LEFT.least + (RENEW_WHEN_LEFT.most - RENEW_WHEN_LEFT.least) * random;
  return new Date(expiresAtMs - Math.max(0, expiresAtMs - nowMs) * left).toISOString();
}

/** After a failed act on a subscription: half a minute, doubled up to half an hour. */
export const SUBSCRIPTION_BACKOFF: Backoff = { firstMs: 30_000, maxMs: 1_800_000 };

/** When to try again after `failures` failures in a row; a Retry-After is a lower bound. */
export function nextTry(nowMs: number, failures: number, random: number, retryAfterMs = 0): string {
  return new Date(
    nowMs +
      Math.max(Math.min(retryAfterMs, MAX_RETRY_AFTER_MS), backoffMs(SUBSCRIPTION_BACKOFF, failures, random)),
  ).toISOString();
}
