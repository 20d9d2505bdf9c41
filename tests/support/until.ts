import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits for a condition by asking again and again: a test that awaits what it means, and is as quick as the machine.
 * @param condition done when it gives anything but false, null or undefined; what it throws counts as "not yet"
 * @returns what the condition gave
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 10, what = 'the condition' } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  do {
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined)
        return value as Exclude<T, false | null | undefined>;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    await pause(everyMs);
  } while (performance.now() < deadline);
  throw new Error(`${what} did not come true within ${timeoutMs} ms`, { cause: lastError });
}
