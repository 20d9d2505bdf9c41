import type { CloudEvent } from '../../src/http/schemas/events.ts';
import type { Destination } from '../../src/http/schemas/realtime.ts';
import type { SetAsideItem } from '../../src/http/schemas/set-aside.ts';
import type { Subscription } from '../../src/http/schemas/subscriptions.ts';

/** When the samples are looked at. */
export const NOW = Date.parse('2026-01-31T09:00:00.000Z');
export const KEY = 'k7m2q9x4b8n1v5c3z6l0a2s4';

export function aSubscription(change: Partial<Subscription> = {}): Subscription {
  return {
    key: KEY,
    tenant: '11111111-2222-3333-4444-555555555555',
    resource: 'users/8f2b7c1e-1111-2222-3333-444455556666/messages',
    changeTypes: ['created', 'updated', 'deleted'],
    rich: false,
    fetch: 'get',
    status: 'active',
    reason: null,
    graphId: 'graph-id',
    expiresAt: '2026-02-07T08:00:00.000Z',
    renewAt: '2026-02-05T08:00:00.000Z',
    lastNotificationAt: '2026-01-31T08:59:48.000Z',
    createdAt: '2026-01-31T08:00:00.000Z',
    updatedAt: '2026-01-31T08:00:00.000Z',
    ...change,
  };
}

export function anEvent(sequence: number, change: Partial<CloudEvent> = {}): CloudEvent {
  return {
    specversion: '1.0',
    id: `id-${sequence}`,
    sequence: String(sequence).padStart(16, '0'),
    time: '2026-01-31T08:58:00.000Z',
    type: 'Microsoft.Graph.MessageCreated',
    source: `/tenants/11111111-2222-3333-4444-555555555555/subscriptions/${KEY}`,
    subject: `users/8f2b7c1e/messages/AAkALgAAAAAAHYQDEapmEc2byACqAC-${sequence}`,
    datacontenttype: 'application/json',
    dataschema: 'urn:heliograph:schema:graph-change:1',
    tenantid: '11111111-2222-3333-4444-555555555555',
    subscriptionkey: KEY,
    changetype: 'created',
    origin: 'notification',
    data: { resource: { subject: 'Quarterly figures', importance: 'normal' } },
    ...change,
  };
}

export function aSetAsideItem(id: number): SetAsideItem {
  return {
    id,
    code: 'resource_outside',
    message:
      'The notification names something that was not subscribed to, in words that go on for longer than a line.',
    subscription: KEY,
    resource: 'users/a/messages/b',
    acceptedAt: '2026-01-31T08:00:00.000Z',
    setAsideAt: '2026-01-31T08:30:00.000Z',
  };
}

export function aDestination(change: Partial<Destination> = {}): Destination {
  return {
    name: 'realtime',
    kind: 'realtime',
    status: 'active',
    cursor: '0000000000000042',
    lag: 3,
    parked: 0,
    failures: 0,
    lastError: null,
    retryAt: null,
    lastDeliveredAt: '2026-01-31T08:59:59.000Z',
    ...change,
  };
}
