import { assert, integer, property } from 'fast-check';
import { expect, it } from 'vitest';
import { delayedJob, liveJob } from '../../../src/adapters/bullmq/job.ts';

const now = integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 });
const delay = integer({ min: 1, max: 86_400_000 });

it('is due no sooner than asked, and an eighth of the delay later at most', () => {
  assert(
    property(now, delay, (now, delayMs) => {
      const given = delayedJob('x', delayMs, now).delay ?? 0;
      expect(given).toBeGreaterThanOrEqual(delayMs);
      expect(given).toBeLessThanOrEqual(delayMs + Math.max(8, delayMs / 8));
    }),
  );
});

it('shares a job with those due at the same time only', () => {
  assert(
    property(now, delay, delay, (now, one, other) => {
      const [a, b] = [delayedJob('x', one, now), delayedJob('x', other, now)];
      expect(a.deduplication?.id === b.deduplication?.id).toBe(a.delay === b.delay);
    }),
  );
});

it('never shares a job with a live wake', () => {
  expect(delayedJob('x', 5, 0).deduplication?.id).not.toBe(liveJob('x').deduplication?.id);
});
