import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  durationInWords,
  fullTime,
  oneLine,
  parseTime,
  relativeTime,
  shortSequence,
} from '../../src/cli/words.ts';

const NOW = Date.parse('2026-01-31T09:00:00.000Z');
const at = (ms: number) => new Date(NOW + ms).toISOString();

describe('relative times', () => {
  it.each([
    [0, 'now'],
    [-999, 'now'],
    [1000, 'in 1 s'],
    [-12_000, '12 s ago'],
    [61_000, 'in 1 min 1 s'],
    [-3_600_000, '1 h ago'],
    [603_000_000, 'in 6 d 23 h'],
    [86_460_000, 'in 1 d'],
    [-400 * 86_400_000, '400 d ago'],
  ])('%i ms is %s', (ms, words) => {
    expect(relativeTime(at(ms), NOW)).toBe(words);
  });

  it('are short and never empty', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (ms) => {
        expect(durationInWords(ms)).toMatch(/^\d+ (d|h|min|s)( \d+ (h|min|s))?$/);
      }),
    );
  });

  it('are a dash where there is no time, and the text itself where it is none', () => {
    expect([relativeTime(null, NOW), fullTime(null, NOW)]).toEqual(['-', '-']);
    expect(relativeTime('soon', NOW)).toBe('soon');
  });
});

describe('a time given by a person', () => {
  it.each([
    ['90s', at(-90_000)],
    ['2h', at(-7_200_000)],
    ['7d', at(-604_800_000)],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T10:00+01:00', '2026-01-31T09:00:00.000Z'],
    ['2026-01-31T09:00:00.5Z', '2026-01-31T09:00:00.500Z'],
  ])('%s is %s', (text, time) => {
    expect(parseTime(text, NOW)).toBe(time);
  });

  it.each(['', '2', 'h', '2 h', '-2h', '31.01.2026', '2026-13-01', '2026-01-31 09:00', 'now'])(
    '%j is none',
    (text) => {
      expect(parseTime(text, NOW)).toBeNull();
    },
  );

  it('is RFC 3339 whatever was given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{1,6}[smhd]$/)), (text) => {
        const time = parseTime(text, NOW);
        expect(time === null || new Date(time).toISOString() === time).toBe(true);
      }),
    );
  });
});

it('shows any text in one line that no terminal obeys', () => {
  expect(oneLine('a\u001b[31mb\r\n\u0085c\u2028d\u202ee')).toBe('a [31mb c d e');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(oneLine(text)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }),
  );
});

it('shows a sequence without its zeroes', () => {
  expect(shortSequence('0000000000000042')).toBe('42');
  expect(shortSequence('none')).toBe('none');
});
