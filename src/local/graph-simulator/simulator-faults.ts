/*
 * What can be made to go wrong, each on its own. A spell lasts for a number of requests, for a time, or, with neither, until it
 * is ended.
 */

interface Spell {
  requests?: number;
  forMs?: number;
}

export interface FaultSettings {
  /** 429 to Graph's requests; in a batch, to each request of it. `retryAfterSeconds: null` leaves the header out. */
  throttle?: (Spell & { retryAfterSeconds?: number | null }) | null;
  /** Graph as a whole answers 5xx; 502 with a page that is not JSON. */
  down?: (Spell & { status?: number; retryAfterSeconds?: number | null }) | null;
  /** The token endpoint answers 503. */
  entraDown?: Spell | null;
  /** Ids of users whose mailbox answers 403. */
  forbidUsers?: string[] | null;
  /** Delays every answer of Graph. */
  latencyMs?: number | null;
  /** Notifications are dropped, as in Graph's drop state. */
  dropNotifications?: boolean | null;
}

export interface SimulatorFaults {
  /** Replaces what is named; null ends it. */
  set(settings: FaultSettings): void;
  clear(): void;
  current(): FaultSettings;
  /** Whether this request is to be throttled; counts it. `retryAfterSeconds: null` is no header. */
  throttled(): { retryAfterSeconds: number | null } | null;
  down(): { status: number; retryAfterSeconds: number | null } | null;
  entraDown(): boolean;
  forbids(userId: string): boolean;
  latencyMs(): number;
  dropsNotifications(): boolean;
}

export function simulatorFaults(now: () => number): SimulatorFaults {
  let settings: FaultSettings = {};
  const endsAt = new Map<'throttle' | 'down' | 'entraDown', number>();

  /** Uses up one request of a spell; null when there is none or it is over. */
  function useUp<Name extends 'throttle' | 'down' | 'entraDown'>(
    name: Name,
  ): NonNullable<FaultSettings[Name]> | null {
    const spell = settings[name];
    if (spell === null || spell === undefined) return null;
    const over = (endsAt.get(name) ?? Infinity) <= now() || (spell.requests ?? 1) <= 0;
    if (over) {
      settings = { ...settings, [name]: null };
      return null;
    }
    if (spell.requests !== undefined)
      settings = { ...settings, [name]: { ...spell, requests: spell.requests - 1 } };
    return spell;
  }

  return {
    set: (changes) => {
      settings = { ...settings, ...changes };
      for (const name of ['throttle', 'down', 'entraDown'] as const) {
        if (!(name in changes)) continue;
        const forMs = changes[name]?.forMs;
        if (forMs === undefined) endsAt.delete(name);
        else endsAt.set(name, now() + forMs);
      }
    },
    clear: () => {
      settings = {};
      endsAt.clear();
    },
    current: () => settings,
    throttled: () => {
      const spell = useUp('throttle');
      return (
        spell && { retryAfterSeconds: spell.retryAfterSeconds === undefined ? 1 : spell.retryAfterSeconds }
      );
    },
    down: () => {
      const spell = useUp('down');
      return spell && { status: spell.status ?? 503, retryAfterSeconds: spell.retryAfterSeconds ?? null };
    },
    entraDown: () => useUp('entraDown') !== null,
    forbids: (userId) => settings.forbidUsers?.includes(userId) ?? false,
    latencyMs: () => settings.latencyMs ?? 0,
    dropsNotifications: () => settings.dropNotifications ?? false,
  };
}
