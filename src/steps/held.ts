/** How a lease is kept while the work under it lives. */
export interface HoldTiming {
  leaseMs: number;
  everyMs: number;
  /** Work that takes longer has lost itself: its lease is left to end. */
  withinMs: number;
}

/**
 * Runs an act and keeps what it holds meanwhile: a lease is short, so that what a killed process held is soon taken over, and work may
 * take longer than that.
 * @param extend makes the lease last from now on; false when it was lost, and then it is not asked for again
 */
export async function whileHeld<Outcome>(
  extend: () => Promise<boolean>,
  { everyMs, withinMs }: HoldTiming,
  act: () => Promise<Outcome>,
): Promise<Outcome> {
  const until = performance.now() + withinMs;
  let isExtending = false;
  const extendOnce = async (): Promise<void> => {
    if (isExtending) return;
    isExtending = true;
    if (performance.now() >= until || !(await extend())) clearInterval(timer);
    isExtending = false;
  };
  const timer = setInterval(() => void extendOnce(), everyMs);
  timer.unref();
  try {
    return await act();
  } finally {
    clearInterval(timer);
  }
}
