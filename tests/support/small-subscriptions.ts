import { clientStateSecret } from '../../src/core/client-state.ts';
import type { NewEvent } from '../../src/core/event.ts';
import type { Subscription } from '../../src/core/subscription.ts';
import type { GraphAnswer, GraphApi, GraphSubscription, SubscriptionAsk } from '../../src/ports/graph-api.ts';
import type { SubscriptionStore } from '../../src/ports/subscription-store.ts';
import type { CreateSubscriptionDeps } from '../../src/steps/keep-alive/create-subscription.ts';
import type { DeleteSubscriptionDeps } from '../../src/steps/keep-alive/delete-subscription.ts';
import type { RenewDueDeps } from '../../src/steps/keep-alive/renew-due.ts';
import { adjustableClock, type AdjustableClock } from './adjustable-clock.ts';
import { recordingLog } from './logs.ts';

export const TENANT = '8ed4a2b4-1b4f-4e0d-9d6a-6c6f3b0f8a11';
export const ANNA = '622eaaff-0683-4862-9de4-f2ec83c2bd98';

type Answer<T> = GraphAnswer<T> | Promise<GraphAnswer<T>>;
type Deps = CreateSubscriptionDeps & DeleteSubscriptionDeps & RenewDueDeps;

/** How Graph answers, each verb to be changed by a test. Left alone it is well. */
export interface GraphManners {
  create: (ask: SubscriptionAsk) => Answer<GraphSubscription>;
  renew: (graphId: string, expiresAt: string) => Answer<GraphSubscription>;
  remove: (graphId: string) => Answer<null>;
  list: () => Answer<GraphSubscription[]>;
  get: (path: string) => Answer<unknown>;
}

export interface SmallSubscriptions {
  deps: Deps;
  clock: AdjustableClock;
  /** The hub begins to stop. */
  stop: () => void;
  lines: ReturnType<typeof recordingLog>['lines'];
  subscriptions: Map<string, Subscription & { fence: number; claimedUntil: number; failures: number }>;
  graph: GraphManners;
  /** What Graph was asked, and which orphans were remembered, in order. */
  calls: string[];
  asks: SubscriptionAsk[];
  gaps: NewEvent[];
  /** Heads of the log that readers were woken for. */
  heads: number[];
  /** Puts a subscription in place, of Anna's mail unless told otherwise. */
  put: (fields?: Partial<Subscription> & { failures?: number }) => string;
  of: (key: string) => Subscription | undefined;
}

export function refused(httpStatus: number, message = 'Graph said no.'): GraphAnswer<never> {
  return { status: 'refused', httpStatus, code: `Graph${httpStatus}`, message };
}

export const THROTTLED: GraphAnswer<never> = { status: 'throttled', retryAfterMs: 90_000 };
export const UNREACHABLE: GraphAnswer<never> = { status: 'unreachable', message: 'no route' };

const UNCLAIMED = Number.NEGATIVE_INFINITY;

/** Whether `other` watches what `row`, which is being deleted, watched. */
function watchesAnew(other: Subscription, row: Subscription): boolean {
  return row.status === 'deleting' && other.status !== 'deleting' && other.resource === row.resource;
}

/** The verbs of the subscriptions with everything they need, in memory. */
export function smallSubscriptions(): SmallSubscriptions {
  const clock = adjustableClock();
  const log = recordingLog();
  const stopping = new AbortController();
  const subscriptions: SmallSubscriptions['subscriptions'] = new Map();
  const calls: string[] = [];
  const asks: SubscriptionAsk[] = [];
  const gaps: NewEvent[] = [];
  const heads: number[] = [];
  const now = (): string => new Date(clock.now()).toISOString();
  let created = 0;

  const put: SmallSubscriptions['put'] = ({ failures = 0, ...fields } = {}) => {
    const key = fields.key ?? `key${String(subscriptions.size).padStart(17, '0')}`;
    const blank: Subscription = {
      key,
      tenant: TENANT,
      resource: `users/${ANNA}/messages`,
      changeTypes: ['created', 'updated', 'deleted'],
      rich: false,
      fetch: 'get',
      status: 'creating',
      reason: null,
      graphId: null,
      expiresAt: null,
      renewAt: now(),
      lastNotificationAt: null,
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: now(),
    };
    subscriptions.set(key, { ...blank, ...fields, fence: 0, claimedUntil: UNCLAIMED, failures });
    return key;
  };

  const store: Pick<SubscriptionStore, keyof CreateSubscriptionDeps['store'] & keyof SubscriptionStore> &
    Deps['store'] = {
    addSubscription(wanted) {
      const twin = [...subscriptions.values()].find(
        (each) =>
          each.tenant === wanted.tenant &&
          each.resource === wanted.resource &&
          each.changeTypes.join() === wanted.changeTypes.join() &&
          each.status !== 'deleting',
      );
      if (twin !== undefined) return Promise.resolve({ status: 'conflict', key: twin.key });
      const renewAt = new Date(clock.now() + 10_000).toISOString();
      put({ ...wanted, changeTypes: [...wanted.changeTypes], renewAt });
      return Promise.resolve({ status: 'added', subscription: subscriptionOf(wanted.key) });
    },
    findSubscription: (key) => Promise.resolve(subscriptions.has(key) ? subscriptionOf(key) : null),
    claimSubscription(key, leaseMs) {
      const row = subscriptions.get(key);
      if (row === undefined) return Promise.resolve({ status: 'missing' });
      if (row.claimedUntil > clock.now()) return Promise.resolve({ status: 'busy' });
      row.claimedUntil = clock.now() + leaseMs;
      row.fence++;
      const { fence, failures } = row;
      return Promise.resolve({ status: 'claimed', fence, failures, subscription: subscriptionOf(key) });
    },
    extendClaim(key, fence, leaseMs) {
      const row = subscriptions.get(key);
      if (row?.fence !== fence || row.claimedUntil === UNCLAIMED) return Promise.resolve(false);
      row.claimedUntil = clock.now() + leaseMs;
      return Promise.resolve(true);
    },
    settleSubscription(key, fence, change) {
      const row = subscriptions.get(key);
      if (row?.fence !== fence) return Promise.resolve(false);
      Object.assign(row, change, { claimedUntil: UNCLAIMED });
      return Promise.resolve(true);
    },
    markRemoved(key, fence, reason) {
      const row = subscriptions.get(key);
      if (row?.fence !== fence) return Promise.resolve(false);
      Object.assign(row, { status: 'removed', graphId: null, reason });
      return Promise.resolve(true);
    },
    rememberGraphId(key, fence, graphId) {
      const row = subscriptions.get(key);
      if (row?.fence !== fence) return Promise.resolve('lost');
      calls.push(`remember ${graphId}`);
      const isTaken = [...subscriptions.values()].some(
        (each) => each.key !== key && (each.graphId === graphId || watchesAnew(each, row)),
      );
      return Promise.resolve(isTaken ? 'taken' : 'remembered');
    },
    resolveResource(key, fence, resource) {
      const row = subscriptions.get(key);
      if (row === undefined || row.fence !== fence) return Promise.resolve({ status: 'lost' });
      const twin = [...subscriptions.values()].find((each) => each.key !== key && each.resource === resource);
      if (twin !== undefined) return Promise.resolve({ status: 'conflict', key: twin.key });
      row.resource = resource;
      return Promise.resolve({ status: 'resolved' });
    },
    markDeleting(key) {
      const row = subscriptions.get(key);
      if (row === undefined) return Promise.resolve(false);
      Object.assign(row, {
        status: 'deleting',
        reason: null,
        claimedUntil: UNCLAIMED,
        fence: row.fence + 1,
        failures: 0,
      });
      return Promise.resolve(true);
    },
    removeSubscription: (key, fence) =>
      Promise.resolve(subscriptions.get(key)?.fence === fence && subscriptions.delete(key)),
    dueSubscriptions: (limit) =>
      Promise.resolve(
        [...subscriptions.values()]
          .filter(
            ({ renewAt, claimedUntil }) =>
              claimedUntil <= clock.now() && renewAt !== null && renewAt <= now(),
          )
          .map(({ key }) => key)
          .slice(0, limit),
      ),
    appendEvents({ events }) {
      gaps.push(...events);
      return Promise.resolve({ status: 'appended', head: gaps.length, duplicates: [] });
    },
  };

  const subscriptionOf = (key: string): Subscription => {
    const row = subscriptions.get(key);
    if (row === undefined) throw new Error(`there is no ${key}`);
    const { fence: _fence, claimedUntil: _claimedUntil, failures: _failures, ...subscription } = row;
    return subscription;
  };

  const manners: GraphManners = {
    create: ({ resource, changeTypes, notificationUrl, expiresAt }) => ({
      status: 'ok',
      value: {
        id: `graph-${++created}`,
        resource,
        changeType: changeTypes.join(),
        notificationUrl,
        expiresAt,
      },
    }),
    renew: (id, expiresAt) => ({
      status: 'ok',
      value: { id, resource: '', changeType: '', notificationUrl: '', expiresAt },
    }),
    remove: () => ({ status: 'ok', value: null }),
    list: () => ({ status: 'ok', value: [] }),
    get: () => ({ status: 'ok', value: { id: ANNA } }),
  };
  const graph: Deps['graph'] & Pick<GraphApi, 'tenants'> = {
    tenants: () => [TENANT],
    async createSubscription(_tenant, ask) {
      calls.push(`create ${ask.resource}`);
      asks.push(ask);
      return manners.create(ask);
    },
    async renewSubscription(_tenant, graphId, expiresAt) {
      calls.push(`renew ${graphId}`);
      return manners.renew(graphId, expiresAt);
    },
    async deleteSubscription(_tenant, graphId) {
      calls.push(`delete ${graphId}`);
      return manners.remove(graphId);
    },
    async listSubscriptions() {
      calls.push('list');
      return manners.list();
    },
    async get(_tenant, path) {
      calls.push(`get ${path}`);
      return manners.get(path);
    },
  };
  return {
    deps: {
      store,
      graph,
      clock,
      log,
      appended: (head) => heads.push(head),
      publicUrl: 'https://hub.example',
      stopping: stopping.signal,
      clientStateSecrets: [clientStateSecret(Buffer.alloc(32, 5)), clientStateSecret(Buffer.alloc(32, 6))],
    },
    clock,
    stop: () => stopping.abort(),
    lines: log.lines,
    subscriptions,
    graph: manners,
    calls,
    asks,
    gaps,
    heads,
    put,
    of: (key) => (subscriptions.has(key) ? subscriptionOf(key) : undefined),
  };
}
