/**
 * Runs an act for each key, one at a time. Whoever calls while it runs shares one further run, which starts afterwards: a crowd
 * of callers costs two runs, and each caller's run starts after the call.
 */
export function oneAtATime(act: (key: string) => Promise<void>): (key: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();

  const start = (key: string): Promise<void> => {
    const run = act(key).finally(() => running.delete(key));
    running.set(key, run);
    return run;
  };
  return (key) => {
    const current = running.get(key);
    if (current === undefined) return start(key);
    const shared = next.get(key);
    if (shared !== undefined) return shared;
    const startNext = () => {
      next.delete(key);
      return start(key);
    };
    const following = current.then(startNext, startNext);
    next.set(key, following);
    return following;
  };
}
