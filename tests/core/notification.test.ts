import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkCollection,
  isChangeType,
  isLifecycleEvent,
  isObject,
  type CollectionCheck,
} from '../../src/core/notification.ts';

const CHANGE = {
  subscriptionId: 's',
  changeType: 'updated',
  clientState: 'c',
  resource: 'users/u/messages/m',
};
const LIFECYCLE = { subscriptionId: 's', lifecycleEvent: 'missed' };

function flawOf(check: CollectionCheck): string | null {
  return check.status === 'malformed' ? `${check.path} ${check.message}` : null;
}

function nested(levels: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

function many(items: number): object {
  return { value: Array.from({ length: items }, () => CHANGE) };
}

function deep(levels: number): object {
  return { value: [{ ...CHANGE, resourceData: { a: nested(levels) } }] };
}

describe('a collection', () => {
  it.each([
    ['a change', CHANGE],
    ['a lifecycle notification', LIFECYCLE],
    ['an unknown change type', { ...CHANGE, changeType: 'unknownFutureValue' }],
    ['an unknown lifecycle event', { ...LIFECYCLE, lifecycleEvent: 'surprised' }],
    ['organizationId for tenantId', { ...CHANGE, organizationId: 't' }],
    ['an empty resource', { ...LIFECYCLE, resource: '' }],
    ['no encrypted content', { ...CHANGE, encryptedContent: null }],
    ['a date with an offset', { ...CHANGE, subscriptionExpirationDateTime: '2026-01-02T03:04:05-08:00' }],
    [
      'every optional member null',
      {
        ...CHANGE,
        clientState: null,
        tenantId: null,
        organizationId: null,
        resource: null,
        id: null,
        lifecycleEvent: null,
        resourceData: null,
        subscriptionExpirationDateTime: null,
      },
    ],
    [
      'the event that tests an event hub',
      { ...CHANGE, subscriptionId: 'NA', changeType: 'Validation: Testing …' },
    ],
    ['members nobody told of', { ...CHANGE, surprise: { a: [1] } }],
  ])('may hold %s', (_, item) => {
    const body = { value: [item], validationTokens: ['a.b.c'] };
    expect(checkCollection(body)).toEqual({ status: 'collection', collection: body });
  });

  it.each([
    ['no object', [], ' is not a JSON object'],
    ['null', null, ' is not a JSON object'],
    ['a text', 'value', ' is not a JSON object'],
    ['no value', {}, '/value is not an array of notifications'],
    ['a value that is none', { value: {} }, '/value is not an array of notifications'],
    ['nothing in it', { value: [] }, '/value is empty'],
    ['an item that is none', { value: [CHANGE, null] }, '/value/1 is not an object'],
    ['an item that is an array', { value: [[]] }, '/value/0 is not an object'],
    ['no subscription', { value: [{ changeType: 'updated' }] }, '/value/0/subscriptionId is not a string'],
    ['a number for an id', { value: [{ ...CHANGE, id: 5 }] }, '/value/0/id is not a string'],
    [
      'an object for a state',
      { value: [{ ...CHANGE, clientState: {} }] },
      '/value/0/clientState is not a string',
    ],
    [
      'neither kind',
      { value: [{ subscriptionId: 's' }] },
      '/value/0 has neither changeType nor lifecycleEvent',
    ],
    [
      'an array for data',
      { value: [{ ...CHANGE, resourceData: [] }] },
      '/value/0/resourceData is not an object',
    ],
    [
      'a kind it only inherits',
      JSON.parse('{"value":[{"subscriptionId":"s","__proto__":{"changeType":"updated"}}]}'),
      '/value/0 has neither changeType nor lifecycleEvent',
    ],
  ])('is not made of %s', (_, body, flaw) => {
    expect(flawOf(checkCollection(body))).toBe(flaw);
  });

  it('may hold an item of both kinds, and its neighbours are not lost over it', () => {
    const check = checkCollection({ value: [CHANGE, { ...CHANGE, ...LIFECYCLE }] });
    expect(check.status).toBe('collection');
  });

  it('may be large, and not endless', () => {
    expect(checkCollection(many(1_000)).status).toBe('collection');
    expect(checkCollection(many(10_000)).status).toBe('collection');
    expect(flawOf(checkCollection(many(10_001)))).toBe('/value has more than 10000 items');
  });

  it('may be nested as deep as anything of Graph, and not so deep that it exhausts a stack', () => {
    expect(checkCollection(deep(50)).status).toBe('collection');
    expect(flawOf(checkCollection(deep(100)))).toBe(' is nested deeper than 64 levels');
    expect(flawOf(checkCollection(deep(200_000)))).toBe(' is nested deeper than 64 levels');
    const text = `{"value":[${'['.repeat(500_000)}${']'.repeat(500_000)}]}`;
    expect(flawOf(checkCollection(JSON.parse(text)))).toBe(' is nested deeper than 64 levels');
  });

  it('that is accepted can be written as JSON again', () => {
    const items = fc.array(
      fc.record({ ...constants(CHANGE), resourceData: fc.option(fc.object({ maxDepth: 6 })) }),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(items, (value) => {
        const body: unknown = JSON.parse(JSON.stringify({ value }));
        expect(checkCollection(body)).toEqual({ status: 'collection', collection: body });
      }),
    );
  });

  it('is checked without throwing, whatever JSON it is', () => {
    const odd = fc.oneof(
      fc.jsonValue({ maxDepth: 8 }),
      fc.record({ value: fc.jsonValue() }),
      fc.record({ value: fc.array(fc.jsonValue()) }),
      fc.record({ value: fc.array(fc.dictionary(fc.constantFrom(...NAMES), fc.jsonValue())) }),
    );
    fc.assert(
      fc.property(odd, (body) => {
        expect(['collection', 'malformed']).toContain(checkCollection(body).status);
      }),
      { numRuns: 2_000 },
    );
  });

  it('changes no prototype', () => {
    const text = `{"__proto__":{"polluted":1},"value":[{"subscriptionId":"s","changeType":"updated","__proto__":{"polluted":1}}]}`;
    expect(checkCollection(JSON.parse(text)).status).toBe('collection');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('the words', () => {
  it('of Graph are told apart from others', () => {
    expect(['created', 'updated', 'deleted'].every(isChangeType)).toBe(true);
    expect(['reauthorizationRequired', 'subscriptionRemoved', 'missed'].every(isLifecycleEvent)).toBe(true);
    for (const other of [undefined, '', 'Updated', 'toString', 'missed ']) {
      expect(isChangeType(other)).toBe(false);
      expect(isLifecycleEvent(other)).toBe(false);
    }
  });

  it('object means neither null nor an array', () => {
    expect([{}, Object.create(null)].every(isObject)).toBe(true);
    expect([null, undefined, [], 'a', 1].some(isObject)).toBe(false);
  });
});

const NAMES = [
  'subscriptionId',
  'changeType',
  'lifecycleEvent',
  'resourceData',
  'clientState',
  '__proto__',
  'id',
];

function constants<T extends object>(of: T): { [Name in keyof T]: fc.Arbitrary<T[Name]> } {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, fc.constant(value)])) as {
    [Name in keyof T]: fc.Arbitrary<T[Name]>;
  };
}
