import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryAfterOf } from '../../../src/adapters/web-pubsub/send-outcome.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

test.each([
  [undefined, null],
  ['', null],
  ['soon', null],
  ['0', 0],
  [' 30 ', 30_000],
  ['Sun, 01 Mar 2026 12:00:20 GMT', 20_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['999999999999', 3_600_000],
  ['Fri, 01 Mar 2126 12:00:00 GMT', 3_600_000],
])('%s is %s ms', (header, expected) => {
  expect(retryAfterOf(header, NOW)).toBe(expected);
});

test('no header makes us wait for longer than an hour or less than nothing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.date().map(String)), (header) => {
      const waitMs = retryAfterOf(header, NOW) ?? 0;
      expect(waitMs >= 0 && waitMs <= 3_600_000).toBe(true);
    }),
  );
});
