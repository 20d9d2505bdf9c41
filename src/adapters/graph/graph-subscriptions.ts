import { isObject } from '../../core/notification.ts';
import type { GraphAnswer, GraphSubscription, SubscriptionAsk } from '../../ports/graph-api.ts';
import type { GraphCall } from './call-graph.ts';
import { readAnswer } from './graph-answer.ts';
import { IMMUTABLE_IDS } from './fetch-batch.ts';

/*
 * https://learn.microsoft.com/graph/api/resources/subscription
 * Graph asks the notification URLs before it answers a create, ten seconds each; users report the same of renewals.
 */
const ASKS_ENDPOINT_MS = 30_000;
/** More than any tenant may have. */
const MAX_PAGES = 100;

export type Caller = (call: GraphCall) => Promise<GraphAnswer<unknown>>;

export async function createSubscription(
  call: Caller,
  ask: SubscriptionAsk,
): Promise<GraphAnswer<GraphSubscription>> {
  const answer = await call({
    method: 'post',
    path: '/subscriptions',
    body: {
      changeType: ask.changeTypes.join(','),
      resource: ask.resource,
      notificationUrl: ask.notificationUrl,
      lifecycleNotificationUrl: ask.lifecycleNotificationUrl,
      expirationDateTime: ask.expiresAt,
      clientState: ask.clientState,
    },
    ...(ask.immutableIds && { headers: IMMUTABLE_IDS }),
    timeoutMs: ASKS_ENDPOINT_MS,
  });
  return readAnswer(answer, readSubscription);
}

export async function renewSubscription(
  call: Caller,
  graphId: string,
  expiresAt: string,
): Promise<GraphAnswer<GraphSubscription>> {
  const answer = await call({
    method: 'patch',
    path: pathOf(graphId),
    body: { expirationDateTime: expiresAt },
    timeoutMs: ASKS_ENDPOINT_MS,
  });
  return readAnswer(answer, readSubscription);
}

export async function deleteSubscription(
  call: Caller,
  graphId: string,
  timeoutMs: number,
): Promise<GraphAnswer<null>> {
  const answer = await call({ method: 'delete', path: pathOf(graphId), timeoutMs });
  return answer.status === 'ok' ? { status: 'ok', value: null } : answer;
}

/** All pages, by the links that Graph gives. One page that fails is the answer to the whole. */
export async function listSubscriptions(
  call: Caller,
  timeoutMs: number,
): Promise<GraphAnswer<GraphSubscription[]>> {
  const found: GraphSubscription[] = [];
  let path: string | null = '/subscriptions';
  for (let page = 0; path !== null && page < MAX_PAGES; page++) {
    const answer: GraphAnswer<Page> = readAnswer(await call({ method: 'get', path, timeoutMs }), readPage);
    if (answer.status !== 'ok') return answer;
    found.push(...answer.value.subscriptions);
    path = answer.value.next;
  }
  return { status: 'ok', value: found };
}

interface Page {
  subscriptions: GraphSubscription[];
  next: string | null;
}

function readPage(value: unknown): Page | null {
  if (!isObject(value) || !Array.isArray(value['value'])) return null;
  const subscriptions = (value['value'] as readonly unknown[]).map(readSubscription);
  if (subscriptions.includes(null)) return null;
  const next = value['@odata.nextLink'];
  return {
    subscriptions: subscriptions.filter((each) => each !== null),
    next: typeof next === 'string' ? next : null,
  };
}

function readSubscription(value: unknown): GraphSubscription | null {
  if (!isObject(value)) return null;
  const { id, resource, changeType, notificationUrl, expirationDateTime } = value;
  const expiresAtMs = typeof expirationDateTime === 'string' ? Date.parse(expirationDateTime) : Number.NaN;
  if (typeof id !== 'string' || id === '' || Number.isNaN(expiresAtMs)) return null;
  return {
    id,
    resource: typeof resource === 'string' ? resource : '',
    changeType: typeof changeType === 'string' ? changeType : '',
    notificationUrl: typeof notificationUrl === 'string' ? notificationUrl : '',
    expiresAt: new Date(expiresAtMs).toISOString(),
  };
}

function pathOf(graphId: string): string {
  return `/subscriptions/${encodeURIComponent(graphId)}`;
}
