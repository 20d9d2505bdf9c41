import { readFileSync } from 'node:fs';
import { Value } from 'typebox/value';
import { type CloudEvent, EventPage } from '../../src/http/schemas/events.ts';
import { Readiness } from '../../src/http/schemas/health.ts';
import { DestinationList, type Destination } from '../../src/http/schemas/realtime.ts';
import { type Subscription, SubscriptionPage } from '../../src/http/schemas/subscriptions.ts';
import { until } from './until.ts';

export interface ApiAnswer {
  status: number;
  // What it is each test asserts.
  body: unknown;
}

/** A hub's HTTP API as a test uses it, as the bootstrap key. Answers are checked against the schemas. */
export interface HubApi {
  ask(method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  adminKey(): string;
  /** `/readyz` with its detail. */
  readiness(): Promise<{ status: number; body: Readiness }>;
  /** The whole log after a sequence, oldest first, page by page. */
  readEvents(after?: number): Promise<CloudEvent[]>;
  subscriptions(): Promise<Subscription[]>;
  destinations(): Promise<Destination[]>;
  /** Waits until every destination has read the log to its head. */
  allDelivered(timeoutMs?: number): Promise<void>;
}

const PAGE = 1_000;

/** @param key the API key, or the file that holds it */
export function hubApi(url: string, key: string): HubApi {
  const adminKey = (): string => (key.startsWith('/') ? readFileSync(key, 'utf8').trim() : key);
  const ask: HubApi['ask'] = async (method, path, body) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${adminKey()}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  };
  const get = async (path: string): Promise<unknown> => {
    const { status, body } = await ask('GET', path);
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body;
  };
  const destinations = async (): Promise<Destination[]> =>
    Value.Parse(DestinationList, await get('/destinations')).items;

  return {
    ask,
    adminKey,
    readiness: async () => {
      const headers = { authorization: `Bearer ${adminKey()}` };
      const response = await fetch(`${url}/readyz`, { headers });
      return { status: response.status, body: Value.Parse(Readiness, await response.json()) };
    },
    destinations,
    readEvents: async (after = 0) => {
      const events: CloudEvent[] = [];
      for (let position = String(after); ;) {
        const page = Value.Parse(EventPage, await get(`/events?after=${position}&limit=${PAGE}`));
        events.push(...page.items);
        if (page.items.length < PAGE) return events;
        position = page.next;
      }
    },
    subscriptions: async () => Value.Parse(SubscriptionPage, await get('/subscriptions?limit=1000')).items,
    allDelivered: async (timeoutMs = 20_000) => {
      await until(
        async () => {
          const behind = (await destinations()).filter(({ lag }) => lag > 0);
          if (behind.length > 0) throw new Error(JSON.stringify(behind));
          return true;
        },
        { timeoutMs, everyMs: 100, what: 'the delivery of the whole log' },
      );
    },
  };
}
