import type { EventOrigin } from '../core/event.ts';

/** What the steps count, whoever keeps the numbers. A step names the sliver it needs. */
export interface Counters {
  /** Notifications committed to the inbox. */
  accepted(items: number): void;
  /** Notifications that did not prove themselves. */
  forged(items: number): void;
  /** Of these, notifications that name a subscription of ours: the secret is lost or wrong. */
  wrongSecret(items: number): void;
  /** One event in the log. @param waitedMs from the acceptance of its post to its append */
  appended(event: { type: string; origin: EventOrigin; waitedMs: number }): void;
  /** Notifications whose event the log had already. */
  duplicates(items: number): void;
  setAside(code: string): void;
  /** Requests made to a destination, by what they came to. */
  delivered(destination: string, outcome: 'delivered' | 'refused' | 'failed'): void;
}
