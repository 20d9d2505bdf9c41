/** Counts what arrives, to tell how much it is a second, averaged over the last `seconds`. */
export interface Throughput {
  count(events: number, nowMs: number): void;
  /** Null until it has counted for that long: the first second would tell a rate that is none. */
  perSecond(nowMs: number): number | null;
}

export function throughput(seconds = 5): Throughput {
  const counts = new Map<number, number>();
  let begun: number | null = null;
  function forget(second: number): void {
    for (const each of counts.keys()) if (each <= second - seconds) counts.delete(each);
  }
  return {
    count(events, nowMs) {
      const second = Math.floor(nowMs / 1000);
      begun ??= second;
      forget(second);
      counts.set(second, (counts.get(second) ?? 0) + events);
    },
    perSecond(nowMs) {
      const second = Math.floor(nowMs / 1000);
      begun ??= second;
      if (second < begun + seconds) return null;
      forget(second);
      let sum = 0;
      for (const count of counts.values()) sum += count;
      return sum / seconds;
    },
  };
}
