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

export interface FillIn {
  config: Config;
  log: Log;
  /** Filled in the order of starting; closed in the reverse. */
  closers: (() => Promise<void>)[];
  /** Called when a stand-in is gone that the hub cannot go on without. */
  fatal: (error: Error) => void;
}

/** Takes the data folder for this process, where anything is kept there. Throws `data_dir_in_use`. */
export async function holdDataDir({ config, closers }: FillIn): Promise<void> {
  if (!needsDataDir(config)) return;
  await ensureDataDir(config.dataDir);
  const lock = await lockDataDir(config.dataDir);
  closers.push(() => Promise.resolve(lock.release()));
}

/** Starts and makes what is not configured. Called by whoever holds the data folder. */
export async function fillIn(fill: FillIn): Promise<Filled> {
  const masterKeys = await masterKeysOf(fill);
  const adminApiKey = await adminApiKeyOf(fill);
  // Side by side: the first start is what a newcomer waits for.
  const parts = [
    databaseOf(fill),
    graphOf(fill, masterKeys.value[0], adminApiKey.value),
    webPubSubOf(fill, masterKeys.value[0]),
  ] as const;
  // All of them even when one fails, so that whatever was started can be closed.
  await Promise.allSettled(parts);
  const [database, graph, webPubSub] = await Promise.all(parts);
  return {
    databaseUrl: database.value,
    embedded: database.standIn !== null,
    masterKeys: masterKeys.value,
    adminApiKey: adminApiKey.value,
    ...graph.value,
    webPubSub: webPubSub.value,
    standIns: [masterKeys, adminApiKey, database, graph, webPubSub].flatMap(({ standIn }) => standIn ?? []),
  };
}

/** A part of the settings, and what stands in for it here; null where it was configured or is not needed. */
interface Part<Value> {
  value: Value;
  standIn: StandIn | null;
}

/** Whether a stand-in of a part that the roles of this process use is kept there. Production fills nothing in. */
function needsDataDir(config: Config): boolean {
  const { mode, roles, database, secrets, graph, webPubSub } = config;
  if (mode === 'production') return false;
  const used = [
    database.url,
    secrets.masterKeys,
    ...(roles.includes('api') ? [secrets.adminApiKey] : []),
    ...(speaksToCloud(config) ? [graph.credential, webPubSub.connection] : []),
  ];
  return used.includes(null);
}

async function masterKeysOf({ config }: FillIn): Promise<Part<readonly [Buffer, ...Buffer[]]>> {
  const [first, ...others] = config.secrets.masterKeys ?? [];
  if (first !== undefined) return { value: [first, ...others], standIn: null };
  const generated = await generatedMasterKey(config.secrets.masterKeyFile);
  return { value: [generated], standIn: { for: 'Secrets key', what: 'generated under DATA_DIR' } };
}

async function adminApiKeyOf({ config }: FillIn): Promise<Part<string | null>> {
  const { adminApiKey, adminApiKeyFile } = config.secrets;
  if (adminApiKey !== null || !config.roles.includes('api')) return { value: adminApiKey, standIn: null };
  const generated = await generatedAdminApiKey(adminApiKeyFile);
  return { value: generated, standIn: { for: 'Admin API key', what: 'generated under DATA_DIR' } };
}

async function databaseOf({ config, closers, fatal }: FillIn): Promise<Part<string>> {
  if (config.database.url !== null) return { value: config.database.url, standIn: null };
  const database = await startEmbeddedPostgres(config.dataDir, fatal);
  closers.push(() => database.close());
  return { value: database.url, standIn: { for: 'Database', what: 'embedded Postgres (PGlite)' } };
}

/** Roles that speak to Graph or to Web PubSub. A receiver alone speaks to neither. */
function speaksToCloud({ roles }: Config): boolean {
  return roles.includes('workers') || roles.includes('api');
}

async function graphOf(
  { config, log, closers }: FillIn,
  masterKey: Buffer,
  adminApiKey: string | null,
): Promise<Part<Pick<Filled, 'graph' | 'simulator'>>> {
  const { credential, url, authorityUrl } = config.graph;
  if (credential !== null)
    return { value: { graph: { url, authorityUrl, credential }, simulator: null }, standIn: null };
  if (!speaksToCloud(config)) return { value: { graph: null, simulator: null }, standIn: null };
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
  return {
    value: {
      graph: {
        url: simulator.url,
        authorityUrl: simulator.authorityUrl,
        credential: { kind: 'client_secret', ...identity },
      },
      simulator: { controlUrl: `${simulator.url}/control` },
    },
    standIn: { for: 'Graph and Entra ID', what: `simulated, ${simulator.url}` },
  };
}

async function webPubSubOf(
  { config, log, closers }: FillIn,
  masterKey: Buffer,
): Promise<Part<WebPubSubConnection>> {
  const { connection } = config.webPubSub;
  if (connection !== null) return { value: connection, standIn: null };
  const accessKey = subkey(masterKey, 'local-web-pubsub').toString('base64');
  if (!speaksToCloud(config))
    return {
      value: {
        kind: 'connection_string',
        connectionString: `Endpoint=http://127.0.0.1;AccessKey=${accessKey};`,
      },
      standIn: null,
    };
  const { startWebPubSubServer } = await import('./web-pubsub-server/start-web-pubsub-server.ts');
  // The same port as last time where it is free: pages that are open find the server again at once.
  const portFile = join(config.dataDir, 'web-pubsub-port');
  const port = Number(await readFile(portFile, 'utf8').catch(() => '0'));
  const server = await startWebPubSubServer({ accessKey, log, port }).catch(() =>
    startWebPubSubServer({ accessKey, log }),
  );
  closers.push(() => server.close());
  await writeFile(portFile, String(server.port));
  return {
    value: { kind: 'connection_string', connectionString: server.connectionString },
    standIn: {
      for: 'Web PubSub',
      what: `local server, ${server.endpoint}`,
    },
  };
}
