import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, WebPubSubConnection } from '../config/load-config.ts';
import type { GraphCredential } from '../config/credential.ts';
import { subkey } from '../core/secrets.ts';
import type { Log } from '../ports/log.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { startEmbeddedPostgres } from './embedded-postgres/embedded-postgres.ts';
import { ensureDataDir, generatedAdminApiKey, generatedMasterKey } from './generated-secrets.ts';
import { LOCAL_CLIENT_ID, LOCAL_TENANT_ID } from './graph-simulator/local-identity.ts';
import { localCertificates, trustLocalCa } from './local-ca.ts';

/*
 * Local mode fills in what is not configured, and says of each part that it did. Production configures everything (the settings
 * see to that), so nothing here is started there.
 */

export interface StandIn {
  for: string;
  what: string;
}

/** The settings with nothing left open. */
export interface Filled {
  databaseUrl: string;
  embedded: boolean;
  masterKeys: readonly [Buffer, ...Buffer[]];
  /** Null where this process has no role that needs it. */
  adminApiKey: string | null;
  graph: GraphSettings | null;
  simulator: { controlUrl: string } | null;
  webPubSub: WebPubSubConnection;
  standIns: readonly StandIn[];
}

export interface GraphSettings {
  url: string;
  authorityUrl: string;
  credential: GraphCredential;
}

interface FillIn {
  config: Config;
  log: Log;
  /** Filled in the order of starting; closed in the reverse. */
  closers: (() => Promise<void>)[];
  standIns: StandIn[];
}

export async function fillIn(config: Config, log: Log, closers: (() => Promise<void>)[]): Promise<Filled> {
  const fill: FillIn = { config, log, closers, standIns: [] };
  if (needsDataDir(config)) {
    await ensureDataDir(config.dataDir);
    const lock = await lockDataDir(config.dataDir);
    closers.push(() => Promise.resolve(lock.release()));
  }
  const masterKeys = await masterKeysOf(fill);
  const adminApiKey = await adminApiKeyOf(fill);
  const database = await databaseOf(fill);
  const graph = await graphOf(fill, masterKeys[0], adminApiKey);
  const webPubSub = await webPubSubOf(fill, masterKeys[0]);
  return { ...database, masterKeys, adminApiKey, ...graph, webPubSub, standIns: fill.standIns };
}

function needsDataDir({ database, secrets, graph, webPubSub }: Config): boolean {
  const given = [
    database.url,
    secrets.masterKeys,
    secrets.adminApiKey,
    graph.credential,
    webPubSub.connection,
  ];
  return given.includes(null);
}

async function masterKeysOf({ config, standIns }: FillIn): Promise<readonly [Buffer, ...Buffer[]]> {
  const [first, ...others] = config.secrets.masterKeys ?? [];
  if (first !== undefined) return [first, ...others];
  standIns.push({ for: 'SECRETS_KEY', what: 'generated under DATA_DIR' });
  return [await generatedMasterKey(config.secrets.masterKeyFile)];
}

async function adminApiKeyOf({ config, standIns }: FillIn): Promise<string | null> {
  if (config.secrets.adminApiKey !== null) return config.secrets.adminApiKey;
  if (!config.roles.includes('api')) return null;
  standIns.push({ for: 'ADMIN_API_KEY', what: 'generated under DATA_DIR' });
  return generatedAdminApiKey(config.secrets.adminApiKeyFile);
}

async function databaseOf(fill: FillIn): Promise<{ databaseUrl: string; embedded: boolean }> {
  const { config, log, closers, standIns } = fill;
  if (config.database.url !== null) return { databaseUrl: config.database.url, embedded: false };
  standIns.push({ for: 'DATABASE_URL', what: 'embedded Postgres (PGlite)' });
  const database = await startEmbeddedPostgres(config.dataDir, (error) =>
    log.error({ reason: error.message }, 'embedded_postgres.crashed'),
  );
  closers.push(() => database.close());
  return { databaseUrl: database.url, embedded: true };
}

/** Roles that speak to Graph or to Web PubSub. A receiver alone speaks to neither. */
function speaksToCloud({ roles }: Config): boolean {
  return roles.includes('workers') || roles.includes('api');
}

async function graphOf(
  { config, log, closers, standIns }: FillIn,
  masterKey: Buffer,
  adminApiKey: string | null,
): Promise<Pick<Filled, 'graph' | 'simulator'>> {
  const { credential, url, authorityUrl } = config.graph;
  if (credential !== null) return { graph: { url, authorityUrl, credential }, simulator: null };
  if (!speaksToCloud(config)) return { graph: null, simulator: null };
  const certificates = await localCertificates(config.dataDir);
  trustLocalCa(certificates.caPem);
  const { startGraphSimulator } = await import('./graph-simulator/start-graph-simulator.ts');
  const clientSecret = subkey(masterKey, 'simulator-client-secret').toString('base64url');
  const identity = { tenantId: LOCAL_TENANT_ID, clientId: LOCAL_CLIENT_ID, clientSecret };
  const simulator = await startGraphSimulator({
    ...identity,
    dataDir: config.dataDir,
    certificates,
    adminKey: adminApiKey ?? clientSecret,
    changesPerSecond: config.simulator.changesPerSecond,
    log,
  });
  closers.push(() => simulator.close());
  standIns.push({ for: 'AZURE_TENANT_ID', what: `simulated Microsoft Graph and Entra ID, ${simulator.url}` });
  return {
    graph: {
      url: simulator.url,
      authorityUrl: simulator.authorityUrl,
      credential: { kind: 'client_secret', ...identity },
    },
    simulator: { controlUrl: `${simulator.url}/control` },
  };
}

async function webPubSubOf(
  { config, log, closers, standIns }: FillIn,
  masterKey: Buffer,
): Promise<WebPubSubConnection> {
  const { connection } = config.webPubSub;
  if (connection !== null) return connection;
  const accessKey = createHash('sha256').update(subkey(masterKey, 'local-web-pubsub')).digest('base64');
  if (!speaksToCloud(config))
    return {
      kind: 'connection_string',
      connectionString: `Endpoint=http://127.0.0.1;AccessKey=${accessKey};`,
    };
  const { startWebPubSubServer } = await import('./web-pubsub-server/start-web-pubsub-server.ts');
  // The same port as last time where it is free: pages that are open find the server again at once.
  const portFile = join(config.dataDir, 'web-pubsub-port');
  const port = Number(await readFile(portFile, 'utf8').catch(() => '0'));
  const server = await startWebPubSubServer({ accessKey, log, port }).catch(() =>
    startWebPubSubServer({ accessKey, log }),
  );
  await writeFile(portFile, String(server.port));
  closers.push(() => server.close());
  standIns.push({ for: 'WEB_PUBSUB_CONNECTION_STRING', what: `local Web PubSub server, ${server.endpoint}` });
  return { kind: 'connection_string', connectionString: server.connectionString };
}
