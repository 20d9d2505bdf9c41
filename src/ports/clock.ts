/** Time and chance, so that a test can hold both. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** 0 (inclusive) to 1 (exclusive). */
  random(): number;
}
