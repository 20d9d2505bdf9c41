import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bearer } from './hub-deps.ts';
import { openApp } from './open-app.ts';

/*
 * Whatever is asked of a route that reads, and of `run` and `negotiate`, is answered or refused, and never a fault. The store is as
 * strict as Postgres: it throws for a time, a number or a text that Postgres would not take.
 */

function asPostgresWould(value: unknown): void {
  for (const [name, each] of Object.entries(Object(value) as Record<string, unknown>)) {
    if (typeof each === 'number' && !Number.isSafeInteger(each)) throw new Error(`${name} is out of range`);
    if (typeof each === 'string' && each.includes('\u0000')) throw new Error(`${name} has a NUL`);
    if ((name === 'since' || name === 'until') && !/^\d{4}-/.test(String(each)))
      throw new Error(`${name} is out of range`);
    if (typeof each === 'object') asPostgresWould(each);
  }
}

function strict<Input, Answer>(act: (input: Input) => Promise<Answer>): typeof act {
  return async (input) => {
    asPostgresWould({ input });
    return act(input);
  };
}

async function strictApp() {
  const { app, deps } = await openApp();
  const { readEvents, findEvent, listSetAside, runSetAside, listSubscriptions } = deps.store;
  Object.assign(deps.store, {
    readEvents: strict(readEvents),
    findEvent: strict(findEvent),
    listSetAside: strict(listSetAside),
    runSetAside: strict(runSetAside),
    listSubscriptions: strict(listSubscriptions),
  });
  return app;
}

const digits = (min: number, max: number) =>
  fc.integer({ min, max }).map((value) => String(value).padStart(String(max).length, '0'));
const time = fc
  .tuple(
    digits(0, 9999),
    digits(1, 12),
    digits(1, 31),
    digits(0, 23),
    fc.constantFrom('+', '-'),
    digits(0, 23),
  )
  .map(
    ([year, month, day, hour, sign, offset]) => `${year}-${month}-${day}T${hour}:59:59${sign}${offset}:59`,
  );
const edge = fc.constantFrom(
  '9999-12-31T23:59:59-23:59',
  '0000-01-01T00:00:00+23:59',
  '1e300',
  '1.5',
  '-1',
  '0',
  '\u0000',
  'desc',
);
const value = fc.oneof(time, edge, fc.string({ unit: 'grapheme' }), fc.maxSafeNat().map(String));
const name = fc.constantFrom(
  'order',
  'after',
  'before',
  'limit',
  'type',
  'subject',
  'subscription',
  'tenant',
  'origin',
  'since',
  'until',
);
const path = fc.oneof(
  fc.constantFrom('events', 'set-aside', 'subscriptions', 'destinations'),
  value.map((each) => `events/${encodeURIComponent(each)}`),
  value.map((each) => `events/${encodeURIComponent(each)}/deliveries`),
);

test('no query of a route that reads is a fault', async () => {
  const app = await strictApp();
  const query = fc.dictionary(name, value, { maxKeys: 3 });
  await fc.assert(
    fc.asyncProperty(path, query, async (at, asked) => {
      const url = `/api/v1/${at}?${new URLSearchParams(asked).toString()}`;
      const { statusCode } = await app.inject({ url, headers: bearer('viewer') });
      expect(statusCode).toBeLessThan(500);
    }),
    {
      numRuns: 500,
      examples: [
        ['events', { since: '9999-12-31T23:59:59-23:59' }],
        ['events', { until: '9999-12-31T23:59:59-23:59' }],
      ],
    },
  );
});

test('no body is a fault', async () => {
  const app = await strictApp();
  const number = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.constant(1e300));
  const body = fc.oneof(
    fc.json(),
    fc.record({ ids: fc.array(number) }).map((each) => JSON.stringify(each)),
    fc.record({ groups: fc.array(fc.string()), ttlMinutes: number }).map((each) => JSON.stringify(each)),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('set-aside/run', 'realtime/negotiate'), body, async (at, payload) => {
      const headers = { ...bearer('operator'), 'content-type': 'application/json' };
      const { statusCode } = await app.inject({ method: 'POST', url: `/api/v1/${at}`, headers, payload });
      expect(statusCode).toBeLessThan(500);
    }),
    { numRuns: 300, examples: [['set-aside/run', '{"ids":[1e300]}']] },
  );
});
