import type { ChangeType } from '../core/resource-catalogue.ts';

/**
 * Microsoft Graph, for any tenant of ours. An answer is a value whatever it is; nothing here is retried inside, because the
 * schedule of retries is ours and visible in Postgres.
 */
export interface GraphApi {
  /** The tenants with a credential. */
  tenants(): readonly string[];
  createSubscription(tenant: string, ask: SubscriptionAsk): Promise<GraphAnswer<GraphSubscription>>;
  /** PATCH: renews and reauthorizes in one. */
  renewSubscription(
    tenant: string,
    graphId: string,
    expiresAt: string,
  ): Promise<GraphAnswer<GraphSubscription>>;
  deleteSubscription(tenant: string, graphId: string): Promise<GraphAnswer<null>>;
  /** The scarce call (25 in 20 s a tenant): only to find what holds a 409. */
  listSubscriptions(tenant: string): Promise<GraphAnswer<GraphSubscription[]>>;
  /** One `$batch` of at most 20 GETs; the answers in the order asked. */
  fetchResources(
    tenant: string,
    requests: readonly FetchRequest[],
    signal: AbortSignal,
  ): Promise<GraphAnswer<unknown>[]>;
  /** One GET by path, as when a user principal name has to become an id. */
  get(tenant: string, path: string): Promise<GraphAnswer<unknown>>;
}

export interface SubscriptionAsk {
  changeTypes: readonly ChangeType[];
  resource: string;
  notificationUrl: string;
  lifecycleNotificationUrl: string;
  expiresAt: string;
  clientState: string;
  immutableIds: boolean;
}

export interface GraphSubscription {
  id: string;
  resource: string;
  changeType: string;
  notificationUrl: string;
  expiresAt: string;
}

export interface FetchRequest {
  /** A subject: canonical, relative. */
  path: string;
  immutableIds: boolean;
}

/**
 * `refused` is Graph's verdict (4xx), or that of a tenant's authority (401); 401 `no_credential` where the hub has none for the tenant.
 * `throttled` a 429 or a 503 that says when; `unreachable` anything that may pass.
 */
export type GraphAnswer<T> =
  | { status: 'ok'; value: T }
  | { status: 'refused'; httpStatus: number; code: string; message: string }
  | { status: 'throttled'; retryAfterMs: number | null }
  | { status: 'unreachable'; message: string };
