/** Makes changes by itself, so many a second. */
export interface OfficePace {
  set(changesPerSecond: number): void;
  current(): number;
  stop(): void;
}

/** Changes due within one turn are made together. */
const SHORTEST_TURN_MS = 20;
const MOST_A_TURN = 1000;

export function officePace(makeChanges: (count: number) => void, changesPerSecond: number): OfficePace {
  let rate = changesPerSecond;
  let timer: NodeJS.Timeout | null = null;
  let owed = 0;
  let lastMs = performance.now();

  function turn(): void {
    const nowMs = performance.now();
    owed = Math.min(MOST_A_TURN, owed + (rate * (nowMs - lastMs)) / 1000);
    lastMs = nowMs;
    const count = Math.floor(owed);
    owed -= count;
    if (count > 0) makeChanges(count);
    schedule();
  }

  function schedule(): void {
    if (timer !== null) clearTimeout(timer);
    timer = rate > 0 ? setTimeout(turn, Math.max(SHORTEST_TURN_MS, ((1 - owed) / rate) * 1000)) : null;
  }

  schedule();
  return {
    set: (changesPerSecond) => {
      rate = changesPerSecond;
      lastMs = performance.now();
      schedule();
    },
    current: () => rate,
    stop: () => {
      rate = 0;
      schedule();
    },
  };
}
