import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCloudEvent, type CloudEvent } from '../../src/core/event.ts';
import {
  filterOfGroup,
  groupsOf,
  isGroup,
  MAX_MESSAGE_BYTES,
  messagesFor,
  type GroupFilter,
} from '../../src/core/realtime.ts';
import { newEvent } from '../support/new-event.ts';

const TENANT = '8ed4a2b4-1b4f-4e0d-9d6a-6c6f3b0f8a11';

function event(sequence: number, data: unknown = {}, fields: Partial<CloudEvent> = {}): CloudEvent {
  const { readAtSequence: _readAtSequence, ...rest } = newEvent({ data: JSON.stringify(data) });
  return { ...toCloudEvent({ ...rest, sequence, appendedAt: rest.time }), ...fields };
}

function eventsIn(text: string): CloudEvent[] {
  return (JSON.parse(text) as { events: CloudEvent[] }).events;
}

function matches(
  filter: GroupFilter,
  of: { tenantId: string | null; type: string; subscriptionKey: string | null },
) {
  if ('nothing' in filter) return false;
  if ('subscription' in filter) return filter.subscription === of.subscriptionKey;
  return filter.tenant === of.tenantId && (!('type' in filter) || filter.type === of.type);
}

describe('the groups of an event', () => {
  const facts = fc.record({
    tenantId: fc.option(fc.constantFrom(TENANT, 'tenant-b')),
    type: fc.constantFrom('Microsoft.Graph.MessageCreated', 'Microsoft.Graph.UserUpdated', 'heliograph.gap'),
    subscriptionKey: fc.option(fc.stringMatching(/^[a-z0-9]{16}$/)),
  });

  it('are its tenant, its tenant and type, and its subscription', () => {
    const of = { tenantId: TENANT, type: 'Microsoft.Graph.MessageCreated', subscriptionKey: 'key' };
    expect(groupsOf(of)).toEqual([
      `tenant.${TENANT}`,
      `tenant.${TENANT}.type.Microsoft.Graph.MessageCreated`,
      'subscription.key',
    ]);
    expect(groupsOf({ ...of, tenantId: null, subscriptionKey: null })).toEqual([]);
  });

  it('are groups, and what each may read is just the events that are sent to it', () => {
    fc.assert(
      fc.property(facts, facts, (one, other) => {
        for (const group of groupsOf(one)) {
          expect(isGroup(group)).toBe(true);
          expect(matches(filterOfGroup(group), one)).toBe(true);
          expect(matches(filterOfGroup(group), other)).toBe(groupsOf(other).includes(group));
        }
      }),
    );
  });
});

describe('a group', () => {
  it.each(['tenant.a', 'subscription.k', 'user.anna@contoso.example', 'tenant.a.type.b'])(
    'is %s',
    (group) => {
      expect(isGroup(group)).toBe(true);
    },
  );

  it.each([
    '',
    'tenant.',
    'tenant',
    'group.a',
    'tenant.a b',
    'tenant.\u00e9',
    'tenant.a\n',
    `user.${'a'.repeat(513)}`,
  ])('is not %j', (group) => {
    expect(isGroup(group)).toBe(false);
  });

  it('of users reads nothing by itself, and neither does one of an unknown kind', () => {
    for (const group of ['user.a', 'everything', '', 'tenants.a'])
      expect(filterOfGroup(group)).toEqual({ nothing: true });
  });
});

describe('messages', () => {
  it('carry all events, in order, none larger than it may be', () => {
    const size = fc.oneof({ weight: 6, arbitrary: fc.nat(300) }, { weight: 1, arbitrary: fc.nat(6_000) });
    const character = fc.constantFrom('a', '\u00e9', '\u{1f600}', '\0', '"', '\ud800');
    const data = fc.record(
      {
        resource: fc.tuple(size, character).map(([length, one]) => one.repeat(length)),
        resourceData: fc.tuple(size, character).map(([length, one]) => ({ x: one.repeat(length) })),
        reason: fc.record({
          code: fc.constant('unavailable' as const),
          message: size.map((n) => 'm'.repeat(n)),
        }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(data), fc.integer({ min: 1_500, max: 4_000 }), (datas, maxBytes) => {
        const events = datas.map((each, index) => event(index + 1, each));
        const messages = messagesFor(events, maxBytes);
        for (const { text } of messages) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes);
        const ids = events.map(({ id }) => id);
        expect(messages.flatMap(({ text }) => eventsIn(text)).map(({ id }) => id)).toEqual(ids);
        expect(messages.flatMap(({ events: carried }) => carried).map(({ id }) => id)).toEqual(ids);
        for (const { text, events: carried } of messages) expect(eventsIn(text)).toHaveLength(carried.length);
      }),
    );
  });

  it('are none for no events, and as few as possible for small ones', () => {
    expect(messagesFor([])).toEqual([]);
    expect(messagesFor(Array.from({ length: 200 }, (_, index) => event(index + 1)))).toHaveLength(1);
  });

  it('carry an event to the letter when it just fits', () => {
    const bare = Buffer.byteLength(JSON.stringify(event(1, { resource: '' })));
    const fits = event(1, { resource: 'x'.repeat(MAX_MESSAGE_BYTES - '{"events":[]}'.length - bare) });
    const [message, ...others] = messagesFor([fits]);
    expect(others).toEqual([]);
    expect(Buffer.byteLength(message?.text ?? '')).toBe(MAX_MESSAGE_BYTES);
    expect(eventsIn(message?.text ?? '')).toEqual([fits]);
  });

  it('carry a huge event without what it fetched; the client asks for that by the sequence', () => {
    const huge = event(7, {
      resource: 'x'.repeat(MAX_MESSAGE_BYTES),
      resourceData: { id: 'm' },
      fetchedAt: 'then',
    });
    const [small, slim, after] = messagesFor([event(6), huge, event(8)]).flatMap(({ text }) =>
      eventsIn(text),
    );
    expect([small?.sequence, after?.sequence]).toEqual(['0000000000000006', '0000000000000008']);
    expect(slim).toEqual({ ...huge, data: { resourceData: { id: 'm' }, fetchedAt: 'then' } });
  });

  it('carry an event whose resource data is huge too without either', () => {
    const large = 'x'.repeat(MAX_MESSAGE_BYTES);
    const reason = { code: 'deleted', message: 'The resource was deleted.' };
    const [slim] = messagesFor([event(7, { resource: large, resourceData: { large }, reason })]);
    expect(eventsIn(slim?.text ?? '')[0]?.data).toEqual({ reason });
  });

  it('carry an event that is huge for any other reason without its data', () => {
    const reason = { code: 'unavailable', message: 'x'.repeat(MAX_MESSAGE_BYTES) };
    const [slim] = messagesFor([event(7, { reason })]);
    expect(eventsIn(slim?.text ?? '')[0]?.data).toEqual({});
  });
});
