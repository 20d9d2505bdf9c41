import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  eventId,
  eventSource,
  eventType,
  formatSequence,
  parseSequence,
  toCloudEvent,
  versionOf,
  type LoggedEvent,
} from '../../src/core/event.ts';
import type { NotificationItem } from '../../src/core/notification.ts';
import { RESOURCE_KINDS, type ChangeType } from '../../src/core/resource-catalogue.ts';
import { newEvent } from '../support/new-event.ts';

const ADDRESS = { row: 7, post: 1, item: 2 };
const ID = eventId('key', 'users/u/messages/m', 'updated', 'etag:W/"1"', ADDRESS);

function logged(fields: Partial<LoggedEvent> = {}): LoggedEvent {
  const { readAtSequence: _readAtSequence, ...event } = newEvent();
  return { ...event, sequence: 42, appendedAt: '2026-01-02T03:04:06.000Z', ...fields };
}

function notification(fields: object): NotificationItem {
  return { subscriptionId: 's', changeType: 'updated', ...fields };
}

describe('the id of an event', () => {
  it('is the same wherever and however often Graph delivers it, by whatever id of its own', () => {
    for (const address of [ADDRESS, { row: 8, post: 0, item: 0 }])
      expect(eventId('key', 'users/u/messages/m', 'updated', 'etag:W/"1"', address)).toBe(ID);
    // The same version, told of as created: the same fact.
    expect(eventId('key', 'users/u/messages/m', 'created', 'etag:W/"1"', ADDRESS)).toBe(ID);
  });

  it.each([
    ['subscription', 'other', 'users/u/messages/m', 'updated', 'etag:W/"1"'],
    ['subject', 'key', 'users/u/messages/n', 'updated', 'etag:W/"1"'],
    ['deletion', 'key', 'users/u/messages/m', 'deleted', 'etag:W/"1"'],
    ['version', 'key', 'users/u/messages/m', 'updated', 'etag:W/"2"'],
    ['kind of version', 'key', 'users/u/messages/m', 'updated', 'id:W/"1"'],
  ] as const)('is another for another %s', (_, key, subject, changeType, version) => {
    expect(eventId(key, subject, changeType, version, ADDRESS)).not.toBe(ID);
  });

  it('is the place in the inbox where Graph names no version', () => {
    const id = eventId('key', 'a', 'updated', null, ADDRESS);
    expect(eventId('key', 'a', 'updated', null, { ...ADDRESS })).toBe(id);
    for (const other of [{ row: 6 }, { post: 0 }, { item: 3 }])
      expect(eventId('key', 'a', 'updated', null, { ...ADDRESS, ...other })).not.toBe(id);
  });

  it('cannot be made alike by moving a separator', () => {
    const part = fc.string({ maxLength: 6 });
    const changeType = fc.constantFrom<ChangeType>('created', 'updated', 'deleted');
    const facts = fc.tuple(part, part, changeType, fc.option(part));
    fc.assert(
      fc.property(facts, facts, (a, b) => {
        const known = ([key, subject, change, version]: typeof a): string =>
          version === null ? 'inbox' : JSON.stringify([key, subject, change === 'deleted', version]);
        expect(eventId(...a, ADDRESS) === eventId(...b, ADDRESS)).toBe(known(a) === known(b));
      }),
    );
  });

  it('can stand in a URL', () => {
    expect(ID).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe('the version that Graph named', () => {
  it.each([
    [{ resourceData: { '@odata.etag': 'W/"1"', sequenceNumber: 5 }, id: 'n' }, 'etag:W/"1"'],
    [{ resourceData: { '@odata.etag': '', sequenceNumber: 5 }, id: 'n' }, 'sequence:5'],
    [{ resourceData: { sequenceNumber: 0 }, id: 'n' }, 'sequence:0'],
    [{ resourceData: { sequenceNumber: '9007199254740993' } }, 'sequence:9007199254740993'],
    [{ resourceData: { sequenceNumber: '' }, id: 'n' }, 'id:n'],
    [{ resourceData: { '@odata.etag': 5, sequenceNumber: {} }, id: 'n' }, 'id:n'],
    [{ resourceData: {}, id: '' }, null],
    [{ resourceData: null }, null],
    [{}, null],
    [{ id: null }, null],
  ])('in %j is %j', (fields, version) => {
    expect(versionOf(notification(fields))).toBe(version);
  });
});

describe('a sequence', () => {
  it('sorts as text and comes back as a number', () => {
    const sequence = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        expect(parseSequence(formatSequence(a))).toBe(a);
        expect(parseSequence(String(a))).toBe(a);
        expect(formatSequence(a) < formatSequence(b)).toBe(a < b);
        expect(formatSequence(a)).toHaveLength(16);
      }),
    );
  });

  it.each(['', ' 1', '-1', '1.5', '1e3', '0x10', '12345678901234567', '9999999999999999', 'abc', '１'])(
    'is not %j',
    (text) => {
      expect(parseSequence(text)).toBeNull();
    },
  );
});

describe('a cloud event', () => {
  it('is what the contract says', () => {
    const event = logged({
      id: ID,
      type: 'Microsoft.Graph.MessageCreated',
      source: eventSource('tenant', 'key'),
      subject: 'users/u/messages/m',
      time: '2026-01-02T03:04:05.000Z',
      tenantId: 'tenant',
      subscriptionKey: 'key',
      changeType: 'created',
      data: '{"resource":{"subject":"\\u0000"},"fetchedAt":"2026-01-02T03:04:05.500Z"}',
    });
    expect(toCloudEvent(event)).toEqual({
      specversion: '1.0',
      id: ID,
      sequence: '0000000000000042',
      time: '2026-01-02T03:04:05.000Z',
      type: 'Microsoft.Graph.MessageCreated',
      source: '/tenants/tenant/subscriptions/key',
      subject: 'users/u/messages/m',
      datacontenttype: 'application/json',
      dataschema: 'urn:heliograph:schema:graph-change:1',
      tenantid: 'tenant',
      subscriptionkey: 'key',
      changetype: 'created',
      origin: 'notification',
      data: { resource: { subject: '\0' }, fetchedAt: '2026-01-02T03:04:05.500Z' },
    });
  });

  it('leaves out what an event of another origin has not', () => {
    const event = logged({ tenantId: null, subscriptionKey: null, changeType: null, origin: 'api' });
    const members = Object.keys(toCloudEvent(event));
    expect(members).not.toContain('tenantid');
    expect(members).not.toContain('subscriptionkey');
    expect(members).not.toContain('changetype');
  });

  it('has names of attributes that CloudEvents allows', () => {
    // https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#attribute-naming-convention
    for (const name of Object.keys(toCloudEvent(logged({ subscriptionKey: 'k' }))))
      expect(name).toMatch(/^[a-z0-9]+$/);
  });

  it('is named as Graph names it when it delivers through Event Grid', () => {
    expect(RESOURCE_KINDS.map((kind) => eventType(kind, 'created'))).toContain(
      'Microsoft.Graph.MessageCreated',
    );
    for (const kind of RESOURCE_KINDS)
      for (const change of kind.changeTypes)
        expect(eventType(kind, change)).toMatch(
          /^Microsoft\.Graph\.[A-Z][A-Za-z]+(?:Created|Updated|Deleted)$/,
        );
  });
});
