import type { CloudEvent } from '../../../src/http/schemas/events.ts';
import type { NegotiateAnswer } from '../../../src/http/schemas/realtime.ts';
import type { SocketHandlers } from './feed-runner.ts';

/*
 * The connection to Web PubSub: negotiate, connect, and renew the grant before it expires, for as long as the page lives.
 *
 * The SDK recovers a dropped connection by itself for 30 seconds without a word, so that the drop itself cannot be seen. What
 * can be seen is silence: it pings every other second, and where not even a pong comes back that is said, at first as a silence
 * that may end. Where it lasts the connection is called lost and another is made, as after a restart of the server, which knows
 * nothing of the old one.
 */

/** What is used of `WebPubSubClient`. */
export interface RealtimeClient {
  start(): Promise<void>;
  stop(): void;
}

export interface ClientEvents {
  /** Asked for before every new connection. Throws when there is none to be had. */
  clientUrl(): Promise<string>;
  /** A new connection is up; a recovered one does not say so. */
  connected(): void;
  disconnected(): void;
  /** Any frame, pongs included. */
  frame(): void;
  message(data: unknown): void;
}

export interface SocketDeps {
  /** Null when the session has ended; throws when the hub cannot be reached. */
  negotiate(): Promise<NegotiateAnswer | null>;
  createClient(events: ClientEvents): RealtimeClient;
  startTimer(ms: number, act: () => void): () => void;
  nowMs(): number;
}

export const PING_MS = 2_000;
/**
 * Silence is counted in stretches of this, not in time: a page that stood still for a while has stretches fewer, and what came
 * meanwhile is heard before they are up. In a hidden page these timers and the pings slow down together.
 */
const LISTEN_MS = 1_000;
/** So many stretches without a frame are a silence: one more than between two pongs. */
const SILENT_STRETCHES = 3;
/** After so many the connection is called lost. */
const LOST_STRETCHES = 12;
/** A connection that was up for so many has lasted: the next one may be made at once. */
const LASTED_STRETCHES = 6;
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 15_000;
/** The part of a grant's life after which it is renewed. */
const RENEW_AT = 0.8;
const RENEW_RETRY_MS = 10_000;
/** Longer timers than this overflow, and a laptop's clock may stand still anyway. */
const MAX_TIMER_MS = 600_000;

const nothing = (): void => {};

/** @returns what ends it */
export function openSocket(deps: SocketDeps, handlers: SocketHandlers): () => void {
  let closed = false;
  /** Ends the client that is connected or connecting. */
  let retire: () => void = nothing;
  let grant: NegotiateAnswer | null = null;
  let renewAtMs = 0;
  let up = false;
  let frames = 0;
  let quiet = 0;
  let upFor = 0;
  let failures = 0;
  let cancelRetry: () => void = nothing;
  let cancelRenewal: () => void = nothing;
  let cancelWatch: () => void = nothing;

  function close(): void {
    closed = true;
    cancelRetry();
    cancelRenewal();
    cancelWatch();
    retire();
  }

  async function negotiate(): Promise<NegotiateAnswer> {
    const askedMs = deps.nowMs();
    const answer = await deps.negotiate();
    if (answer === null) {
      close();
      handlers.unauthenticated();
      throw new Error('The session has ended');
    }
    grant = answer;
    renewAtMs = askedMs + Math.max(RENEW_RETRY_MS, (Date.parse(answer.expiresAt) - askedMs) * RENEW_AT);
    waitForRenewal();
    return answer;
  }

  function waitForRenewal(): void {
    cancelRenewal();
    if (closed) return;
    const leftMs = Math.max(0, renewAtMs - deps.nowMs());
    cancelRenewal = deps.startTimer(Math.min(leftMs, MAX_TIMER_MS), () => {
      if (deps.nowMs() < renewAtMs) waitForRenewal();
      else void renew();
    });
  }

  /** The connection stays, unless its groups are others now: what it has joined is in its token. */
  async function renew(): Promise<void> {
    const before = grant;
    // Between the end of a grant and its renewal the hub may have sent us nothing: what was missed has to be read.
    const lapsed = before !== null && deps.nowMs() >= Date.parse(before.expiresAt);
    if (lapsed && up) handlers.lost();
    try {
      const { groups } = await negotiate();
      if (before !== null && !sameGroups(before.groups, groups)) anew();
      else if (lapsed && up) handlers.opened(groups.length);
    } catch {
      // Unreachable: the connection lives on without the grant's renewal for now.
      renewAtMs = deps.nowMs() + RENEW_RETRY_MS;
      waitForRenewal();
    }
  }

  function connect(): void {
    cancelRetry();
    if (closed) return;
    let retired = false;
    const mine = deps.createClient({
      async clientUrl() {
        if (retired) throw new Error('Another connection has taken over');
        return (await negotiate()).url;
      },
      connected() {
        if (retired) return mine.stop();
        up = true;
        return handlers.opened(grant?.groups.length ?? 0);
      },
      disconnected() {
        if (!retired) anew();
      },
      frame() {
        // A client that is stopped while it recovers goes on recovering: it can be stopped only once it has.
        if (retired) mine.stop();
        else heard();
      },
      message(data) {
        if (!retired) handlers.events(eventsIn(data));
      },
    });
    retire = () => {
      retired = true;
      mine.stop();
    };
    mine.start().catch(() => {
      if (!retired) anew();
    });
    watch();
  }

  /** Gives the connection up for another: at once if it had lasted, later and later if not. */
  function anew(): void {
    goDown();
    retire();
    cancelWatch();
    const delayMs = failures === 0 ? 0 : Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** (failures - 1));
    failures = Math.min(failures + 1, 8);
    cancelRetry();
    cancelRetry = deps.startTimer(delayMs, connect);
  }

  function goDown(): void {
    if (!up) return;
    up = false;
    handlers.lost();
  }

  function watch(): void {
    cancelWatch();
    quiet = 0;
    upFor = 0;
    listen();
  }

  function heard(): void {
    frames++;
    if (up && quiet >= SILENT_STRETCHES) handlers.heard();
    quiet = 0;
  }

  function listen(): void {
    frames = 0;
    cancelWatch = deps.startTimer(LISTEN_MS, () => {
      if (frames === 0) quiet++;
      else if (up && ++upFor >= LASTED_STRETCHES) failures = 0;
      if (quiet >= LOST_STRETCHES) return anew();
      if (up && quiet === SILENT_STRETCHES) handlers.silent();
      return listen();
    });
  }

  connect();
  return close;
}

function sameGroups(a: readonly string[], b: readonly string[]): boolean {
  const known = new Set(a);
  return a.length === b.length && b.every((group) => known.has(group));
}

/** One message is `{ "events": [ …, oldest first ] }`; anything else is not for us. */
function eventsIn(data: unknown): CloudEvent[] {
  const events =
    typeof data === 'object' && data !== null ? (data as Record<string, unknown>)['events'] : null;
  return Array.isArray(events) ? (events as CloudEvent[]) : [];
}
