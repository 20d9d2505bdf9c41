import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/core/backoff.ts';
import { parkedRetryMs, retryDelayMs } from '../../src/core/delivery.ts';
import { RESOURCE_KINDS } from '../../src/core/resource-catalogue.ts';
import { expiryToAskFor, nextTry, renewalTime } from '../../src/core/subscription.ts';

const NOW = Date.parse('2026-01-02T03:04:05.000Z');
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const attempts = fc.integer({ min: 1, max: 5_000 });

describe('a backoff', () => {
  it('lies between half and the whole step, and the step doubles up to its most', () => {
    const schedule = fc.record({
      firstMs: fc.integer({ min: 1, max: 60_000 }),
      maxMs: fc.integer({ min: 60_000, max: 86_400_000 }),
    });
    fc.assert(
      fc.property(schedule, attempts, random, (backoff, attempt, chance) => {
        const step = Math.min(backoff.maxMs, backoff.firstMs * 2 ** (Math.min(attempt, 31) - 1));
        const waited = backoffMs(backoff, attempt, chance);
        expect(Number.isInteger(waited)).toBe(true);
        expect(waited).toBeGreaterThanOrEqual(Math.floor(step / 2));
        expect(waited).toBeLessThanOrEqual(step);
      }),
    );
  });

  it('spreads what failed together', () => {
    const third = [0, 0.5, 0.9999].map((chance) => backoffMs({ firstMs: 1_000, maxMs: 9_000 }, 3, chance));
    expect(third).toEqual([2_000, 3_000, 4_000]);
  });
});

describe('a destination that failed', () => {
  it('is tried again within a minute, or when it said', () => {
    fc.assert(
      fc.property(attempts, random, fc.nat(3_600_000), (failures, chance, retryAfterMs) => {
        const waited = retryDelayMs(failures, chance);
        expect(waited).toBeGreaterThanOrEqual(250);
        expect(waited).toBeLessThanOrEqual(60_000);
        expect(retryDelayMs(failures, chance, retryAfterMs)).toBe(Math.max(waited, retryAfterMs));
      }),
    );
  });

  it('refused events for good gets them again ever more rarely, at least every six hours', () => {
    fc.assert(
      fc.property(attempts, random, (refusals, chance) => {
        const waited = parkedRetryMs(refusals, chance);
        expect(waited).toBeGreaterThanOrEqual(30_000);
        expect(waited).toBeLessThanOrEqual(21_600_000);
      }),
    );
  });
});

describe('the lifetime of a subscription', () => {
  it.each(RESOURCE_KINDS)('to $example asked for is less than the most, by minutes', (kind) => {
    const asked = Date.parse(expiryToAskFor(kind.maxLifetimeMinutes, NOW)) - NOW;
    expect(asked).toBeLessThan(kind.maxLifetimeMinutes * 60_000);
    expect(asked).toBeGreaterThan((kind.maxLifetimeMinutes - 10) * 60_000);
  });

  it('is never less than Graph would raise it to', () => {
    expect(expiryToAskFor(10, NOW)).toBe(new Date(NOW + 45 * 60_000).toISOString());
  });

  it('is renewed when a third to a half of it is left, spread by chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60_000, max: 3e9 }), random, (lifetimeMs, chance) => {
        const renewal = Date.parse(renewalTime(NOW, NOW + lifetimeMs, chance));
        const left = (NOW + lifetimeMs - renewal) / lifetimeMs;
        expect(left).toBeGreaterThan(0.299);
        expect(left).toBeLessThan(0.451);
      }),
    );
    expect(renewalTime(NOW, NOW + 1e6, 0)).not.toBe(renewalTime(NOW, NOW + 1e6, 0.9));
  });

  it('that is over already is renewed at once', () => {
    expect(Date.parse(renewalTime(NOW, NOW - 5_000, 0.5))).toBeLessThanOrEqual(NOW);
  });
});

describe('an act on a subscription that failed', () => {
  it('is tried again within half a minute to half an hour', () => {
    fc.assert(
      fc.property(attempts, random, (failures, chance) => {
        const waited = Date.parse(nextTry(NOW, failures, chance)) - NOW;
        expect(waited).toBeGreaterThanOrEqual(15_000);
        expect(waited).toBeLessThanOrEqual(1_800_000);
      }),
    );
  });

  it('is not tried before Graph said, and not so late that the subscription runs out over a mistaken header', () => {
    expect(nextTry(NOW, 1, 0.5, 600_000)).toBe(new Date(NOW + 600_000).toISOString());
    expect(nextTry(NOW, 1, 0.5, 1e15)).toBe(new Date(NOW + 3_600_000).toISOString());
  });
});
