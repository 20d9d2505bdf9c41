import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../../src/core/event.ts';
import type { Append } from '../../src/ports/event-log.ts';

/** An event of a mail; every field can be given. */
export function newEvent(fields: Partial<NewEvent> = {}): NewEvent {
  const now = new Date().toISOString();
  return {
    id: randomUUID(),
    type: 'Microsoft.Graph.MessageUpdated',
    source: '/tenants/t/subscriptions/k',
    subject: `users/u/messages/${randomUUID()}`,
    time: now,
    tenantId: 'tenant-a',
    subscriptionKey: null,
    changeType: 'updated',
    origin: 'notification',
    data: '{"resource":{"subject":"Budget"}}',
    verifiedAt: now,
    fetchedAt: null,
    readAtSequence: null,
    ...fields,
  };
}

/** An append of just these events, beside whatever else it is given. */
export function appendOf(events: readonly NewEvent[], rest: Partial<Append> = {}): Append {
  return { owner: 'nobody', rows: [], remainders: [], setAside: [], ...rest, events };
}
