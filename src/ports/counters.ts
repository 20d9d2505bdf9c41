import type { EventOrigin } from '../core/event.ts';

/** What the steps count, whoever keeps the numbers. A step names the sliver it needs. */
export interface Counters {
  /** Notifications committed to the inbox. */
  accepted(items: number): void;
  /** Notifications that did not prove themselves and, as far as was looked up, name no subscription that we watch. */
  forged(items: number): void;
  /** Notifications that did not prove themselves and name a subscription that we watch: the secret is lost or wrong. */
  wrongSecret(items: number): void;
  /** One event in the log. @param waitedMs from the acceptance of its post to its append */
  appended(event: { type: string; origin: EventOrigin; waitedMs: number }): void;
  /** Notifications whose event the log had already. */
  duplicates(items: number): void;
  setAside(code: string): void;
  /** Requests made to a destination, by what they came to. */
  delivered(destination: string, outcome: 'delivered' | 'refused' | 'failed'): void;
}
