import { createHash } from 'node:crypto';
import { HubError } from '../core/errors.ts';
import { eventSource, type NewEvent } from '../core/event.ts';
import { GAP_EVENT_TYPE } from '../core/event-type.ts';
import type { Subscription } from '../core/subscription.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';

/*
 * What cannot be repaired is itself an event, never silence: `heliograph.gap` says for which resource, from when to when, why.
 */

export interface RecordGapDeps {
  store: Pick<EventLog, 'appendEvents'>;
  clock: Clock;
  /** Called after it was appended; nobody waits for it. */
  appended: (head: number) => void;
}

export interface Gap {
  watch: Pick<Subscription, 'key' | 'tenant' | 'resource'>;
  /**
   * `missed`: Graph said it could not deliver. `subscription_removed`: Graph had dropped the subscription. `wrong_secret`: what named
   * the subscription did not prove itself, and was dropped.
   */
  cause: 'missed' | 'subscription_removed' | 'wrong_secret';
  from: string;
  to: string;
}

/** Throws when they cannot be recorded, then none is: whoever found them has to try again. */
export async function recordGaps(deps: RecordGapDeps, gaps: readonly Gap[]): Promise<void> {
  const result = await deps.store.appendEvents({
    owner: '',
    rows: [],
    events: gaps.map((gap) => gapEvent(gap, deps.clock.now())),
    remainders: [],
    setAside: [],
  });
  if (result.status !== 'appended')
    throw new HubError(
      'internal',
      `The gap of ${gaps.map(({ watch }) => watch.key).join(', ')} cannot be appended to the log (${result.status}): nothing of it is recorded yet.`,
    );
  if (result.duplicates.length < gaps.length) deps.appended(result.head);
}

export function recordGap(deps: RecordGapDeps, gap: Gap): Promise<void> {
  return recordGaps(deps, [gap]);
}

export function gapEvent(gap: Gap, nowMs: number): NewEvent {
  const { watch, cause, from, to } = gap;
  return {
    id: createHash('sha256')
      .update(JSON.stringify(['gap', watch.key, cause, to]))
      .digest('base64url'),
    type: GAP_EVENT_TYPE,
    source: eventSource(watch.tenant, watch.key),
    subject: watch.resource,
    time: to,
    tenantId: watch.tenant,
    subscriptionKey: watch.key,
    changeType: null,
    origin: 'catch-up',
    data: JSON.stringify({ cause, from, to }),
    verifiedAt: new Date(nowMs).toISOString(),
    fetchedAt: null,
    readAtSequence: null,
  };
}
