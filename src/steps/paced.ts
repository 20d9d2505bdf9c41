/**
 * Calls `act` at once, and after that no sooner than `everyMs` later for the same key: calls that come in between share one, made when
 * that time is over. The first of a burst is quick and the rest of it costs little.
 */
export function paced<Key>(everyMs: number, act: (key: Key) => void): (key: Key) => void {
  /** Keys called lately, and whether they have been called again since. */
  const lately = new Map<Key, boolean>();
  const start = (key: Key): void => {
    lately.set(key, false);
    act(key);
    setTimeout(() => {
      const again = lately.get(key) === true;
      lately.delete(key);
      if (again) start(key);
    }, everyMs).unref();
  };
  return (key) => {
    if (lately.has(key)) lately.set(key, true);
    else start(key);
  };
}
