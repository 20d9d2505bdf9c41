import { createHash } from 'node:crypto';
import { eventSource, type NewEvent } from '../core/event.ts';
import type { Subscription } from '../core/subscription.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';

/*
 * What cannot be repaired is itself an event, never silence: `heliograph.gap` says for which resource, from when to when, why.
 */

export interface RecordGapDeps {
  store: Pick<EventLog, 'appendEvents'>;
  clock: Clock;
}

export interface Gap {
  watch: Pick<Subscription, 'key' | 'tenant' | 'resource'>;
  /** `missed`: Graph said it could not deliver. `subscription_removed`: Graph had dropped the subscription. */
  cause: 'missed' | 'subscription_removed';
  from: string;
  to: string;
}

export async function recordGap(deps: RecordGapDeps, gap: Gap): Promise<void> {
  await deps.store.appendEvents({
    owner: '',
    rows: [],
    events: [gapEvent(gap, deps.clock.now())],
    remainders: [],
    setAside: [],
  });
}

export function gapEvent(gap: Gap, nowMs: number): NewEvent {
  const { watch, cause, from, to } = gap;
  return {
    id: createHash('sha256')
      .update(JSON.stringify(['gap', watch.key, cause, to]))
      .digest('base64url'),
    type: 'heliograph.gap',
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
