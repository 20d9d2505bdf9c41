import { createHash } from 'node:crypto';
import { pino, type Logger } from 'pino';
import { signedTokens } from '../../src/adapters/tokens/signed-tokens.ts';
import type { Destination } from '../../src/core/delivery.ts';
import type { LoggedEvent } from '../../src/core/event.ts';
import type { AccessRole } from '../../src/core/role.ts';
import { SUBSCRIPTION_STATUSES, type Subscription } from '../../src/core/subscription.ts';
import type { AppDeps } from '../../src/http/app-deps.ts';
import { LogTail } from '../../src/http/log-tail.ts';
import { hubMetrics } from '../../src/http/metrics.ts';
import { Outages } from '../../src/http/outages.ts';
import { SignInCodes } from '../../src/http/sign-in-codes.ts';
import type { EventFilter, EventPage, EventQuery } from '../../src/ports/event-log.ts';
import type { SetAsideItem } from '../../src/ports/inbox-store.ts';
import type { ApiKeyRecord } from '../../src/ports/key-store.ts';
import { adjustableClock, type AdjustableClock } from '../support/adjustable-clock.ts';

export const TENANT = '0f1e2d3c-4b5a-4968-8776-655443322110';
export const KEY = 'abcdefghij0123456789abcd';
export const API_KEYS: Record<AccessRole, string> = {
  viewer: 'viewer-key-of-the-tests',
  operator: 'operator-key-of-the-tests',
  admin: 'admin-key-of-the-tests',
};

export function bearer(role: AccessRole): { authorization: string } {
  return { authorization: `Bearer ${API_KEYS[role]}` };
}

export function keyRecord(name: string, role: AccessRole, key: string): ApiKeyRecord {
  return { name, role, hash: createHash('sha256').update(key).digest() };
}

/** A hub in memory, with everything a test may look at or change. */
export interface TestHub {
  deps: AppDeps;
  clock: AdjustableClock;
  codes: SignInCodes;
  keys: ApiKeyRecord[];
  events: LoggedEvent[];
  /** The oldest sequence kept. */
  oldest: number;
  subscriptions: Map<string, Subscription>;
  setAside: SetAsideItem[];
  destinations: Destination[];
  granted: string[][];
  woken: string[];
  /** What Graph posted, as the step got it. */
  posts: string[];
  logLines: string[];
}

export function testHub(change: Partial<AppDeps> = {}): TestHub {
  const clock = adjustableClock();
  const codes = new SignInCodes();
  const logLines: string[] = [];
  const log: Logger = pino({ level: 'info' }, { write: (line: string) => void logLines.push(line) });
  const secrets: [Buffer] = [Buffer.alloc(32, 7)];
  const hub: Omit<TestHub, 'deps'> = {
    clock,
    codes,
    keys: (['viewer', 'operator', 'admin'] as const).map((role) => keyRecord(role, role, API_KEYS[role])),
    events: [],
    oldest: 1,
    subscriptions: new Map([[KEY, subscription()]]),
    setAside: [],
    destinations: [destination()],
    granted: [],
    woken: [],
    posts: [],
    logLines,
  };
  const store = memoryStore(hub);
  const ports: Pick<AppDeps, 'store' | 'queue' | 'realtime'> = {
    store,
    queue: {
      ping: async () => {},
      wake: async ({ queue, id }) => void hub.woken.push(`${queue}:${id}`),
    },
    realtime: { clientUrl: async () => 'ws://127.0.0.1:8090/client', ping: async () => {} },
  };
  const deps: AppDeps = {
    roles: ['receiver', 'workers', 'scheduler', 'api'],
    mode: 'local',
    version: '1.2.3',
    standIns: [{ for: 'Graph', what: 'the simulator' }],
    publicUrl: 'http://127.0.0.1:3000',
    clock,
    log,
    ...ports,
    graph: { tenants: () => [TENANT] },
    steps: {
      receiveNotifications: async (text) => {
        hub.posts.push(text);
        return { status: 'accepted' };
      },
      createSubscription: async () => ({ status: 'created', subscription: subscription() }),
      renewSubscription: async () => ({ status: 'renewed' }),
      renewDue: async () => [{ key: KEY, status: 'active' }],
      deleteSubscription: async () => ({ status: 'deleted' }),
    },
    sessionTokens: signedTokens({ purpose: 'session', secrets, clock }),
    negotiatedTokens: signedTokens({ purpose: 'negotiated-token', secrets, clock }),
    signIn: { codes, keyName: 'admin' },
    tail: new LogTail({ store, log, pollMs: 5 }),
    metrics: hubMetrics(),
    outages: new Outages({ ...ports, log, clock }),
    metricsToken: null,
    corsOrigins: ['https://app.example'],
    realtimeOrigins: ['ws://127.0.0.1:8090'],
    dashboardDir: '/nowhere',
    ...change,
  };
  return Object.assign(hub, { deps });
}

function memoryStore(hub: Omit<TestHub, 'deps'>): AppDeps['store'] {
  return {
    ping: async () => {},
    listApiKeys: async () => hub.keys,
    readEvents: async (query) => readEvents(hub, query),
    findEvent: async (sequence) => hub.events.find((event) => event.sequence === sequence) ?? null,
    logHead: async () => hub.events.at(-1)?.sequence ?? 0,
    listDestinations: async () => hub.destinations,
    findParked: async () => new Map(),
    grantGroups: async (groups) => void hub.granted.push([...groups]),
    findWatches: async (keys) =>
      [...hub.subscriptions.values()]
        .filter(({ key }) => keys.includes(key))
        .map((found) => ({ ...found, graphIds: [], awaitsId: false })),
    findSubscription: async (key) => hub.subscriptions.get(key) ?? null,
    listSubscriptions: async ({ after, limit }) =>
      [...hub.subscriptions.values()].filter(({ key }) => after === null || key > after).slice(0, limit),
    patchSubscription: async (key, patch) => {
      const found = hub.subscriptions.get(key);
      if (found === undefined) return null;
      const changed: Subscription = {
        ...found,
        fetch: patch.fetch ?? found.fetch,
        status: patch.paused === true ? 'paused' : found.status,
      };
      hub.subscriptions.set(key, changed);
      return changed;
    },
    countSubscriptions: async () => ({
      ...(Object.fromEntries(SUBSCRIPTION_STATUSES.map((status) => [status, 0])) as Record<
        Subscription['status'],
        number
      >),
      active: hub.subscriptions.size,
    }),
    listSetAside: async ({ before, limit }) =>
      hub.setAside.filter(({ id }) => before === null || id < before).slice(0, limit),
    runSetAside: async (ids) => {
      const ran = hub.setAside.filter(({ id }) => ids === null || ids.includes(id));
      hub.setAside = hub.setAside.filter((item) => !ran.includes(item));
      return { ran: ran.length, lanes: ran.length === 0 ? [] : [0, 2] };
    },
    discardSetAside: async (id) => {
      const before = hub.setAside.length;
      hub.setAside = hub.setAside.filter((item) => item.id !== id);
      return hub.setAside.length < before;
    },
    inboxDepth: async () => ({ rows: 3, items: 7, oldestAcceptedAt: null, setAside: hub.setAside.length }),
  };
}

/** As the store's contract has it, in a few lines. */
function readEvents(hub: Pick<TestHub, 'events' | 'oldest'>, query: EventQuery): EventPage {
  const { order, from, limit, filter, scope } = query;
  if (order === 'asc' && from !== null && from < hub.oldest - 1)
    return { status: 'gone', oldest: hub.oldest };
  const inOrder = order === 'asc' ? hub.events : hub.events.toReversed();
  const items = inOrder
    .filter(({ sequence }) => from === null || (order === 'asc' ? sequence > from : sequence < from))
    .filter((event) => matches(event, filter))
    .filter((event) => scope === null || scope.some((each) => matches(event, each)))
    .slice(0, limit);
  const last = items.at(-1)?.sequence;
  const head = hub.events.at(-1)?.sequence ?? 0;
  const end = order === 'asc' ? Math.max(from ?? 0, head) : Math.min(from ?? 1, 1);
  return { status: 'page', items, next: items.length === limit && last !== undefined ? last : end };
}

function matches(event: LoggedEvent, filter: EventFilter): boolean {
  const { subject = event.subject } = filter;
  return (
    (filter.type ?? event.type) === event.type &&
    (filter.tenant ?? event.tenantId) === event.tenantId &&
    (filter.subscription ?? event.subscriptionKey) === event.subscriptionKey &&
    (filter.origin ?? event.origin) === event.origin &&
    (subject.endsWith('*') ? event.subject.startsWith(subject.slice(0, -1)) : event.subject === subject) &&
    (filter.since ?? event.time) <= event.time &&
    (filter.until === undefined || event.time < filter.until)
  );
}

export function loggedEvent(sequence: number, change: Partial<LoggedEvent> = {}): LoggedEvent {
  const time = new Date(Date.UTC(2026, 0, 2, 3, 4, sequence)).toISOString();
  return {
    id: `event-${sequence}`,
    sequence,
    type: 'Microsoft.Graph.MessageCreated',
    source: `/tenants/${TENANT}/subscriptions/${KEY}`,
    subject: `users/u/messages/m${sequence}`,
    time,
    tenantId: TENANT,
    subscriptionKey: KEY,
    changeType: 'created',
    origin: 'notification',
    data: JSON.stringify({ resource: { id: `m${sequence}`, subject: 'Budget' }, fetchedAt: time }),
    verifiedAt: time,
    fetchedAt: time,
    appendedAt: time,
    ...change,
  };
}

export function subscription(change: Partial<Subscription> = {}): Subscription {
  const time = '2026-01-02T03:04:05.000Z';
  return {
    key: KEY,
    tenant: TENANT,
    resource: 'users/u/messages',
    changeTypes: ['created', 'updated'],
    rich: false,
    fetch: 'get',
    status: 'active',
    reason: null,
    graphId: 'graph-id',
    expiresAt: time,
    renewAt: time,
    lastNotificationAt: null,
    createdAt: time,
    updatedAt: time,
    ...change,
  };
}

export function destination(change: Partial<Destination> = {}): Destination {
  return {
    name: 'realtime',
    kind: 'realtime',
    status: 'active',
    cursor: 0,
    lag: 0,
    parked: 0,
    failures: 0,
    lastError: null,
    retryAt: null,
    lastDeliveredAt: null,
    ...change,
  };
}

export function setAsideItem(id: number): SetAsideItem {
  return {
    id,
    posts: '[{"secret":"content"}]',
    acceptedAt: '2026-01-02T03:04:05.000Z',
    setAsideAt: '2026-01-02T03:05:05.000Z',
    code: 'wrong_tenant',
    message: 'the tenant is not ours',
    subscriptionKey: KEY,
    resource: 'users/u/messages/m',
  };
}
