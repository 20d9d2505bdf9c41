import type { Clock } from '../../src/ports/clock.ts';

export interface AdjustableClock extends Clock {
  /** Moves the time on. */
  advance(milliseconds: number): void;
  set(time: number | string): void;
}

/** A clock that stands still until it is moved; `random` gives 0.5 unless told otherwise. */
export function adjustableClock(
  start: number | string = '2026-01-02T03:04:05.000Z',
  random = 0.5,
): AdjustableClock {
  let now = millisecondsOf(start);
  return {
    now: () => now,
    random: () => random,
    advance: (milliseconds) => {
      now += milliseconds;
    },
    set: (time) => {
      now = millisecondsOf(time);
    },
  };
}

function millisecondsOf(time: number | string): number {
  return typeof time === 'number' ? time : Date.parse(time);
}
