import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stepsOf } from '../../webapp/src/event/journey.ts';
import { jsonTokens } from '../../webapp/src/event/json-tokens.ts';
import { signInCode } from '../../webapp/src/session/sign-in-link.ts';
import { cliLine } from '../../webapp/src/subscriptions/cli-line.ts';
import { timeLeft } from '../../webapp/src/subscriptions/time-left.ts';
import { wordPieces } from '../../webapp/src/words/word-pieces.ts';
import { ago, duration } from '../../webapp/src/words/times.ts';

const HOUR = 3_600_000;

test('durations are told by their two largest units', () => {
  expect([0, 86, 999, 1_000, 61_000, HOUR, 52 * HOUR, 48 * HOUR].map(duration)).toEqual([
    '0 ms',
    '86 ms',
    '999 ms',
    '1 s',
    '1 min 1 s',
    '1 h',
    '2 d 4 h',
    '2 d',
  ]);
  expect(ago('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:03:00Z'))).toBe('3 min ago');
  expect(ago('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:02Z'))).toBe('just now');
});

test('coloured JSON is the JSON it was, with names told from strings', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.stringify(value, null, 2);
      expect(
        jsonTokens(json)
          .map(({ text }) => text)
          .join(''),
      ).toBe(json);
    }),
  );
  expect(
    jsonTokens('{"a": "b: \\"c\\"", "d": [-1.5e3, true]}').filter(({ kind }) => kind !== 'plain'),
  ).toEqual([
    { kind: 'name', text: '"a"' },
    { kind: 'string', text: '"b: \\"c\\""' },
    { kind: 'name', text: '"d"' },
    { kind: 'number', text: '-1.5e3' },
    { kind: 'word', text: 'true' },
  ]);
});

test('a long name is cut behind what parts its words, and joined is the same again', () => {
  expect(wordPieces('Microsoft.Graph.MessageCreated')).toEqual(['Microsoft.', 'Graph.', 'MessageCreated']);
  expect(wordPieces('/tenants/a//b/')).toEqual(['/', 'tenants/', 'a//', 'b/']);
  fc.assert(fc.property(fc.string(), (text) => wordPieces(text).join('') === text));
});

describe('a journey', () => {
  test('tells what lay between its steps, past the one that was not taken', () => {
    const { steps, totalMs } = stepsOf({
      acceptedAt: '2026-01-01T00:00:00.000Z',
      verifiedAt: '2026-01-01T00:00:00.006Z',
      fetchedAt: null,
      appendedAt: '2026-01-01T00:00:00.010Z',
    });
    expect(steps.map(({ name, sinceMs }) => [name, sinceMs])).toEqual([
      ['Accepted', null],
      ['Verified', 6],
      ['Fetched', null],
      ['Numbered', 4],
    ]);
    expect(totalMs).toBe(10);
  });

  test('never goes back, though the clocks of two machines may', () => {
    const journey = {
      acceptedAt: '2026-01-01T00:00:00.050Z',
      verifiedAt: '2026-01-01T00:00:00.020Z',
      fetchedAt: '2026-01-01T00:00:00.090Z',
      appendedAt: '2026-01-01T00:00:00.040Z',
    };
    const { steps, totalMs } = stepsOf(journey);
    expect(steps.map(({ sinceMs }) => sinceMs)).toEqual([null, 0, 70, 0]);
    expect(totalMs).toBe(0);
  });
});

describe('time left', () => {
  const nowMs = Date.parse('2026-06-01T00:00:00Z');
  const at = (hours: number): string => new Date(nowMs + hours * HOUR).toISOString();

  test('is a part of the lifetime, with the renewal on the same scale', () => {
    const left = timeLeft(
      { status: 'active', expiresAt: at(120), renewAt: at(60), updatedAt: at(-40) },
      nowMs,
    );
    expect(left).toMatchObject({
      level: 'good',
      text: '5 d',
      renewal: 'renews in 2 d 12 h',
      part: 0.75,
      renewAtPart: 0.375,
    });
  });

  test('is whole after a renewal, wherever between the limits the next one lies', () => {
    const [early, late] = [60, 70].map((hours) =>
      timeLeft({ status: 'active', expiresAt: at(100), renewAt: at(hours), updatedAt: at(0) }, nowMs),
    );
    expect(early).toMatchObject({ part: 1, renewAtPart: 0.4 });
    expect(late).toMatchObject({ part: 1, renewAtPart: 0.3 });
  });

  test('does not begin anew when something else is changed', () => {
    const left = timeLeft({ status: 'active', expiresAt: at(50), renewAt: at(5), updatedAt: at(0) }, nowMs);
    expect(left).toMatchObject({ level: 'good', part: 0.5, renewAtPart: 0.45 });
  });

  test('is due when the renewal is late, over when it has expired', () => {
    expect(
      timeLeft({ status: 'active', expiresAt: at(20), renewAt: at(-1), updatedAt: at(-40) }, nowMs)?.level,
    ).toBe('due');
    const over = timeLeft(
      { status: 'failing', expiresAt: at(-2), renewAt: at(1), updatedAt: at(-40) },
      nowMs,
    );
    expect(over).toMatchObject({
      level: 'over',
      part: 0,
      text: 'expired 2 h ago',
      renewal: 'next try in 1 h',
    });
  });

  test('is nothing where there is nothing at Graph', () => {
    expect(
      timeLeft({ status: 'paused', expiresAt: null, renewAt: null, updatedAt: at(0) }, nowMs),
    ).toBeNull();
  });
});

test('the command line of a subscription is one a shell reads back as it was meant', () => {
  expect(
    cliLine({ resource: 'users/a@x.com/messages', changeTypes: ['created', 'updated'], fetch: 'none' }),
  ).toBe(
    'npx --no-install heliograph subscriptions create --resource users/a@x.com/messages --change-types created,updated --fetch none',
  );
  expect(cliLine({ resource: "chats('19:a$(b)')/messages" })).toBe(
    `npx --no-install heliograph subscriptions create --resource 'chats('\\''19:a$(b)'\\'')/messages'`,
  );
});

test('the code of a sign-in link is found in the fragment and nowhere else', () => {
  expect(signInCode('#sign-in=abc_-1')).toBe('abc_-1');
  expect(signInCode('#content')).toBeNull();
  expect(signInCode('')).toBeNull();
  expect(signInCode('#sign-in=')).toBeNull();
});
