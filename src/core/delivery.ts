import { backoffMs, type Backoff } from './backoff.ts';

/*
 * A destination reads the log by a cursor: everything up to it is dealt with. One runner at a time holds the cursor's lease; it
 * moves the cursor by compare-and-set, so a runner that was taken over cannot move it any more.
 *
 *   closed ──some failures in a row──▶ open (the cursor holds until retryAt) ──one try that succeeds──▶ closed
 *
 * A refusal that concerns one event parks that event and the cursor goes on; a failure of the destination itself is retried
 * and never parks anything.
 */

export const DESTINATION_KINDS = ['realtime'] as const;
export type DestinationKind = (typeof DESTINATION_KINDS)[number];

/** What one request to a destination came to. `refused` concerns the event, `failed` the destination. */
export type SendOutcome =
  | { status: 'delivered' }
  | { status: 'refused'; code: string; message: string }
  | { status: 'failed'; code: string; message: string; retryAfterMs?: number };

/** After how many failures in a row a destination counts as down. */
export const BREAKER_FAILURES = 3;

const FAILURE_BACKOFF: Backoff = { firstMs: 500, maxMs: 60_000 };

/** When to try a failing destination again; a Retry-After is a lower bound. */
export function retryDelayMs(failures: number, random: number, retryAfterMs = 0): number {
  return Math.max(retryAfterMs, backoffMs(FAILURE_BACKOFF, failures, random));
}

/** When to try a parked event again, after `attempts` refusals: a minute, doubled up to six hours. */
export function parkedRetryMs(attempts: number, random: number): number {
  return backoffMs({ firstMs: 60_000, maxMs: 21_600_000 }, attempts, random);
}

/** A destination as the API shows it. */
export interface Destination {
  name: string;
  kind: DestinationKind;
  status: 'active' | 'failing' | 'paused';
  cursor: number;
  /** Events in the log after the cursor. */
  lag: number;
  parked: number;
  failures: number;
  lastError: { code: string; message: string; at: string } | null;
  retryAt: string | null;
  lastDeliveredAt: string | null;
}

/** An event that a destination refused for the event's own sake. */
export interface ParkedEvent {
  sequence: number;
  code: string;
  message: string;
  attempts: number;
  nextAttemptAt: string;
}
