import type { TokenCredential } from '@azure/identity';
import { HubError } from '../../core/errors.ts';
import { CLOUD_ENDPOINTS } from '../../core/graph-cloud.ts';
import type { GraphApi } from '../../ports/graph-api.ts';
import { callGraph, type CallDeps } from './call-graph.ts';
import { batchAnswers, batchCall, MAX_BATCH } from './fetch-batch.ts';
import {
  createSubscription,
  deleteSubscription,
  listSubscriptions,
  renewSubscription,
  type Caller,
} from './graph-subscriptions.ts';

export interface GraphApiOptions {
  /** Graph's root without a version, https: Microsoft's client sends tokens over nothing else. */
  graphUrl: string;
  /** `id` is the tenant's GUID, compared in any case. */
  tenants: readonly { id: string; credential: TokenCredential }[];
  /** What tokens are asked for. Left out: the cloud's own, or the global cloud's for a root that is no cloud's. */
  scope?: string;
  /** Of a read: the token and the answer together. */
  readTimeoutMs?: number;
  now?: () => number;
}

/** Graph answers a batch of twenty in well under this, or not at all. */
const READ_TIMEOUT_MS = 10_000;

/**
 * Microsoft Graph by `@microsoft/microsoft-graph-client` and `@azure/identity`. For a tenant without a credential every call is
 * `refused` with the code `no_credential`.
 * @throws HubError `configuration` when `graphUrl` is not https
 */
export function graphApi(options: GraphApiOptions): GraphApi {
  const { graphUrl, tenants, readTimeoutMs: timeoutMs = READ_TIMEOUT_MS, now = Date.now } = options;
  if (!URL.canParse(graphUrl) || new URL(graphUrl).protocol !== 'https:')
    throw new HubError(
      'configuration',
      `GRAPH_URL has to begin with https://, and ${graphUrl} does not. Change it.`,
    );
  const deps: CallDeps = { graphUrl, scope: options.scope ?? scopeOf(graphUrl), now };
  const credentials = new Map(tenants.map(({ id, credential }) => [id.toLowerCase(), credential]));

  function of(tenant: string): Caller {
    const credential = credentials.get(tenant.toLowerCase());
    if (credential !== undefined) return (call) => callGraph(deps, credential, call);
    const message = `The hub has no credential for the tenant ${tenant}.`;
    return () => Promise.resolve({ status: 'refused', httpStatus: 401, code: 'no_credential', message });
  }

  return {
    tenants: () => tenants.map(({ id }) => id),
    createSubscription: (tenant, ask) => createSubscription(of(tenant), ask),
    renewSubscription: (tenant, graphId, expiresAt) => renewSubscription(of(tenant), graphId, expiresAt),
    deleteSubscription: (tenant, graphId) => deleteSubscription(of(tenant), graphId, timeoutMs),
    listSubscriptions: (tenant) => listSubscriptions(of(tenant), timeoutMs),
    fetchResources: async (tenant, requests, signal) => {
      if (requests.length > MAX_BATCH) throw new RangeError(`a batch takes at most ${MAX_BATCH} requests`);
      if (requests.length === 0) return [];
      const whole = await of(tenant)(batchCall(requests, timeoutMs, signal));
      return batchAnswers(requests.length, whole, now());
    },
    get: (tenant, path) => of(tenant)({ method: 'get', path: `/${path.replace(/^\//, '')}`, timeoutMs }),
  };
}

function scopeOf(graphUrl: string): string {
  const { host } = new URL(graphUrl);
  const cloud = Object.values(CLOUD_ENDPOINTS).find(({ graph }) => new URL(graph).host === host);
  return `${(cloud ?? CLOUD_ENDPOINTS.global).graph}/.default`;
}
