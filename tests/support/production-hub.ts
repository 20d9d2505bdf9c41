import { randomUUID } from 'node:crypto';
import { postgresStore } from '../../src/adapters/postgres/store.ts';
import { clientStateSecret } from '../../src/core/client-state.ts';
import { formatMasterKey } from '../../src/core/secrets.ts';
import type { HubSettings } from './hub-process.ts';
import { silentLog } from './logs.ts';
import type { LoadWatch } from './notification-load.ts';

const MASTER_KEY = Buffer.alloc(32, 7);
const FAR = '2036-01-01T00:00:00.000Z';

export const TENANT = '8ed4a2b4-1b4f-4e0d-9d6a-6c6f3b0f8a11';
/** Makes the clientStates that a hub of these settings believes. */
export const SECRET = clientStateSecret(MASTER_KEY);

/** Every setting that production asks for. Nobody is at Graph's address: nothing is due there. */
export function productionSettings(servers: {
  databaseUrl: string;
  redisUrl?: string;
  webPubSub?: string;
}): HubSettings {
  return {
    HELIOGRAPH_MODE: 'production',
    PUBLIC_URL: 'https://hub.example.com',
    DATABASE_URL: servers.databaseUrl,
    ...(servers.redisUrl !== undefined && { REDIS_URL: servers.redisUrl }),
    WEB_PUBSUB_CONNECTION_STRING:
      servers.webPubSub ?? 'Endpoint=http://127.0.0.1;Port=9;AccessKey=nobody;Version=1.0;',
    SECRETS_KEY: formatMasterKey(MASTER_KEY),
    ADMIN_API_KEY: 'the-bootstrap-key-of-the-tests',
    AZURE_TENANT_ID: TENANT,
    AZURE_CLIENT_ID: 'a1b2c3d4-0000-4000-8000-000000000001',
    AZURE_CLIENT_SECRET: 'the-secret-of-the-app',
    GRAPH_URL: 'https://127.0.0.1:9',
    AZURE_AUTHORITY_HOST: 'https://127.0.0.1:9',
  };
}

/** Puts active subscriptions to mailboxes into a database; see `watchMailbox`. */
export async function watchMailboxes(databaseUrl: string, count = 3): Promise<LoadWatch[]> {
  const watches = Array.from({ length: count }, (_, index) => ({
    key: `mailbox${String(index + 1).padStart(17, '0')}`,
    graphId: randomUUID(),
    tenant: TENANT,
    user: randomUUID(),
  }));
  for (const watch of watches) await watchMailbox(databaseUrl, watch);
  return watches;
}

/** Puts an active subscription into a database, as if Graph had accepted it long ago; nothing is fetched for it. */
export async function watchMailbox(databaseUrl: string, watch: LoadWatch): Promise<void> {
  const { key, tenant, user, graphId } = watch;
  const store = await postgresStore({ url: databaseUrl, log: silentLog, connections: 1 });
  try {
    await store.addSubscription({
      key,
      tenant,
      resource: `users/${user}/messages`,
      changeTypes: ['created', 'updated', 'deleted'],
      rich: false,
      fetch: 'none',
    });
    const claim = await store.claimSubscription(key, 5_000);
    if (claim.status !== 'claimed') throw new Error(`A subscription of the test is ${claim.status}.`);
    await store.settleSubscription(key, claim.fence, {
      status: 'active',
      reason: null,
      graphId,
      expiresAt: FAR,
      renewAt: FAR,
      failures: 0,
    });
  } finally {
    await store.close();
  }
}
