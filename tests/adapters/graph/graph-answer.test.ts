import { assert, date, nat, property } from 'fast-check';
import { expect, test } from 'vitest';
import { graphAnswer, readAnswer, retryAfter } from '../../../src/adapters/graph/graph-answer.ts';

const NOW = Date.parse('2026-03-04T05:06:07Z');

function answered(status: number, body?: unknown, retryAfterHeader: string | null = null) {
  const header = (name: string) => (name === 'retry-after' ? retryAfterHeader : null);
  return graphAnswer({ status, header, body }, NOW);
}

const ERROR = { error: { code: 'ErrorItemNotFound', message: 'The specified object was not found.' } };

test.each([
  [200, { id: 'x' }, { status: 'ok', value: { id: 'x' } }],
  [201, { id: 'x' }, { status: 'ok', value: { id: 'x' } }],
  [204, undefined, { status: 'ok', value: null }],
  [
    404,
    ERROR,
    {
      status: 'refused',
      httpStatus: 404,
      code: 'ErrorItemNotFound',
      message: 'The specified object was not found.',
    },
  ],
  [
    403,
    undefined,
    { status: 'refused', httpStatus: 403, code: 'http_403', message: 'Graph answered 403 without a word.' },
  ],
  [
    400,
    { error: 'bad' },
    { status: 'refused', httpStatus: 400, code: 'http_400', message: 'Graph answered 400 without a word.' },
  ],
  [
    408,
    ERROR,
    {
      status: 'unreachable',
      message: 'Graph answered 408 ErrorItemNotFound: The specified object was not found.',
    },
  ],
  [429, ERROR, { status: 'throttled', retryAfterMs: null }],
  [
    500,
    { error: { code: 'UnknownError', message: '' } },
    { status: 'unreachable', message: 'Graph answered 500 UnknownError' },
  ],
  [
    503,
    ERROR,
    {
      status: 'unreachable',
      message: 'Graph answered 503 ErrorItemNotFound: The specified object was not found.',
    },
  ],
  [302, undefined, { status: 'unreachable', message: 'Graph answered 302' }],
])('%i with %j means %j', (status, body, meaning) => {
  expect(answered(status, body)).toEqual(meaning);
});

test('only 429 and 503 are throttling; what they say of the time is kept', () => {
  expect(answered(429, ERROR, '7')).toEqual({ status: 'throttled', retryAfterMs: 7000 });
  expect(answered(503, undefined, '120')).toEqual({ status: 'throttled', retryAfterMs: 120_000 });
  expect(answered(502, undefined, '120')).toMatchObject({ status: 'unreachable' });
});

test('Retry-After is read as seconds and as a date, never as a time in the past, nor as more than an hour', () => {
  expect(retryAfter('864000', NOW)).toBe(3_600_000);
  assert(property(nat(3_600), (seconds) => retryAfter(String(seconds), NOW) === seconds * 1000));
  const anyDate = date({ noInvalidDate: true, min: new Date('1970-01-01'), max: new Date('2100-01-01') });
  assert(
    property(anyDate, (when) => {
      const wholeMs = Math.floor(when.getTime() / 1000) * 1000;
      return retryAfter(when.toUTCString(), NOW) === Math.min(Math.max(0, wholeMs - NOW), 3_600_000);
    }),
  );
  expect(['', ' ', 'soon', 'Infinity', '-5'].map((text) => retryAfter(text, NOW))).toEqual([
    null,
    null,
    null,
    null,
    0,
  ]);
});

test('a success that cannot be read is no answer', () => {
  expect(readAnswer({ status: 'ok', value: 3 }, (value) => (value === 3 ? 'three' : null))).toEqual({
    status: 'ok',
    value: 'three',
  });
  expect(readAnswer({ status: 'ok', value: 4 }, () => null)).toMatchObject({ status: 'unreachable' });
  expect(readAnswer({ status: 'throttled', retryAfterMs: 1 }, () => 'x')).toEqual({
    status: 'throttled',
    retryAfterMs: 1,
  });
});
