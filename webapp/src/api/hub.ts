import type { CloudEvent, EventDeliveries, EventPage, Journey } from '../../../src/http/schemas/events.ts';
import type { Readiness } from '../../../src/http/schemas/health.ts';
import type { NegotiateAnswer } from '../../../src/http/schemas/realtime.ts';
import type { Session } from '../../../src/http/schemas/session.ts';
import type { RanSetAside, SetAsidePage } from '../../../src/http/schemas/set-aside.ts';
import type {
  NewSubscription,
  Subscription,
  SubscriptionPage,
} from '../../../src/http/schemas/subscriptions.ts';
import type { ReadResult } from '../live/feed-runner.ts';
import { answerOf, ApiError, ask, isUnauthenticated } from './request.ts';

const API = '/api/v1';

/** @param bearer an API key or the code of a sign-in link; the answer sets the session's cookie */
export async function signIn(bearer: string): Promise<Session> {
  return (await ask(`${API}/session`, { method: 'POST', bearer })) as Session;
}

/** Null when nobody is signed in. */
export async function currentSession(): Promise<Session | null> {
  try {
    return (await ask(`${API}/session`)) as Session;
  } catch (error) {
    if (isUnauthenticated(error)) return null;
    throw error;
  }
}

export async function signOut(): Promise<void> {
  await ask(`${API}/session`, { method: 'DELETE' });
}

export interface EventDetail {
  event: CloudEvent;
  journey: Journey;
}

/** What never changes of an event: itself, and its way into the log. */
export async function eventDetail(sequence: string, signal: AbortSignal): Promise<EventDetail> {
  const [event, deliveries] = await Promise.all([
    ask(`${API}/events/${sequence}`, { signal }) as Promise<CloudEvent>,
    ask(`${API}/events/${sequence}/deliveries`, { signal }) as Promise<EventDeliveries>,
  ]);
  return { event, journey: deliveries.journey };
}

/** The newest events, or those before a sequence; newest first. */
export async function eventsBefore(before: number | null, limit: number): Promise<EventPage> {
  const position = before === null ? '' : `&before=${before}`;
  return (await ask(`${API}/events?order=desc&limit=${limit}${position}`)) as EventPage;
}

export async function readNewest(limit: number): Promise<ReadResult> {
  return readResult(eventsBefore(null, limit));
}

export async function readAfter(position: number, limit: number): Promise<ReadResult> {
  return readResult(ask(`${API}/events?after=${position}&limit=${limit}`) as Promise<EventPage>);
}

async function readResult(answer: Promise<EventPage>): Promise<ReadResult> {
  try {
    return { status: 'page', page: await answer };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) return { status: 'unauthenticated' };
    const oldest = Number(error.problem?.oldest);
    return error.status === 410 && Number.isSafeInteger(oldest)
      ? { status: 'gone', oldest }
      : { status: 'failed' };
  }
}

/** Events of every tenant. Null when the session has ended. */
export async function negotiate(): Promise<NegotiateAnswer | null> {
  try {
    return (await ask(`${API}/realtime/negotiate`, { method: 'POST', body: {} })) as NegotiateAnswer;
  } catch (error) {
    if (isUnauthenticated(error)) return null;
    throw error;
  }
}

export async function allSubscriptions(): Promise<Subscription[]> {
  const all: Subscription[] = [];
  for (let after: string | null = ''; after !== null;) {
    const query: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
    const page = (await ask(`${API}/subscriptions?limit=1000${query}`)) as SubscriptionPage;
    all.push(...page.items);
    after = page.next;
  }
  return all;
}

export async function createSubscription(wanted: NewSubscription): Promise<Subscription> {
  return (await ask(`${API}/subscriptions`, { method: 'POST', body: wanted })) as Subscription;
}

export async function renewSubscription(key: string): Promise<Subscription> {
  return (await ask(`${API}/subscriptions/${key}/renew`, { method: 'POST' })) as Subscription;
}

/** @returns false while Graph cannot be asked: the hub goes on trying */
export async function deleteSubscription(key: string): Promise<boolean> {
  return (await answerOf(`${API}/subscriptions/${key}`, { method: 'DELETE' })).status !== 202;
}

export async function setAsideItems(): Promise<SetAsidePage> {
  return (await ask(`${API}/set-aside?limit=200`)) as SetAsidePage;
}

/** @param ids null for all */
export async function runSetAside(ids: readonly number[] | null): Promise<RanSetAside> {
  const body = ids === null ? {} : { ids };
  return (await ask(`${API}/set-aside/run`, { method: 'POST', body })) as RanSetAside;
}

/** Longer than any answer takes that asks for nothing; what comes later is none. */
const ALIVE_WITHIN_MS = 2_500;

export async function isAlive(): Promise<boolean> {
  try {
    await ask('/healthz', { signal: AbortSignal.timeout(ALIVE_WITHIN_MS) });
    return true;
  } catch {
    return false;
  }
}

/** Not ready is an answer too. */
export async function readiness(): Promise<Readiness> {
  return (await ask('/readyz', { accept: [503] })) as Readiness;
}
