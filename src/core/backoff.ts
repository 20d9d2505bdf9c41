/** A retry schedule: `firstMs`, doubled each time up to `maxMs`. */
export interface Backoff {
  firstMs: number;
  maxMs: number;
}

/**
 * How long to wait before attempt number `attempt + 1`, after `attempt` failures (1 or more).
 * Full range between half and the whole step, so that what failed together does not come back together.
 * @param random 0 (inclusive) to 1 (exclusive)
 */
export function backoffMs(backoff: Backoff, attempt: number, random: number): number {
  const step = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(step / 2 + (step / 2) * random);
}

/** Nobody is waited for longer than this at once: a longer `Retry-After` is somebody's mistake, and one answer would end it all. */
export const MAX_RETRY_AFTER_MS = 3_600_000;
