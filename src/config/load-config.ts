import { resolve } from 'node:path';
import { SETTINGS, type Values } from '../config.ts';
import { HubError, type Flaw } from '../core/errors.ts';
import { CLOUD_ENDPOINTS } from '../core/graph-cloud.ts';
import { readCredential, type GraphCredential } from './credential.ts';
import { readSettings, type Environment, type SettingSources } from './read-settings.ts';
import { brokenRules } from './rules.ts';

/** How Azure Web PubSub is reached: by key, or with the credential of Graph. */
export type WebPubSubConnection =
  | { kind: 'connection_string'; connectionString: string }
  | { kind: 'identity'; endpoint: string };

/** The settings in force, as the composition uses them. Null: not configured (local mode fills it in). */
export type Config = ReturnType<typeof toConfig>;

/**
 * The configuration of a hub's process. Throws `configuration` with all problems at once, each with a remedy.
 * @param more.dotenv the names and texts of `.env`; the environment wins
 * @param more.roles the text of `--roles`, which wins over both
 */
export function loadConfig(env: Environment, more: { dotenv?: Environment; roles?: string } = {}): Config {
  const { dotenv = {}, roles } = more;
  const { config, flaws } = inspectConfig({
    env,
    dotenv,
    ...(roles !== undefined && { options: { ROLES: roles } }),
  });
  if (flaws.length > 0) throw flawedSettings(flaws);
  return config;
}

/** The configuration with its problems, for those who want to see both. Unusable as long as there are any. */
export function inspectConfig(sources: SettingSources): { config: Config; flaws: readonly Flaw[] } {
  const { values, flaws } = readSettings(SETTINGS, sources);
  const malformed = new Set(flaws.map((flaw) => flaw.path));
  return { config: toConfig(values), flaws: [...flaws, ...brokenRules(values, malformed)] };
}

export function flawedSettings(flaws: readonly Flaw[]): HubError {
  const names = [...new Set(flaws.map((flaw) => flaw.path))].join(', ');
  return new HubError('configuration', `Heliograph cannot work with these settings: ${names}.`, { flaws });
}

function toConfig(values: Values) {
  const dataDir = resolve(values.DATA_DIR);
  const cloud = CLOUD_ENDPOINTS[values.GRAPH_CLOUD];
  const authorityUrl = values.AZURE_AUTHORITY_HOST ?? cloud.authority;
  const credential = readCredential(values);
  return {
    mode: values.HELIOGRAPH_MODE,
    roles: values.ROLES,
    /** Absolute. */
    dataDir,
    http: {
      host: values.HOST,
      /** 0: any free port. */
      port: values.PORT,
      /** Without a slash at the end. Null: http at the host and the port listened on. */
      publicUrl: values.PUBLIC_URL,
      corsOrigins: values.CORS_ORIGINS,
      /** Null: metrics for loopback only. */
      metricsToken: values.METRICS_TOKEN,
    },
    database: { url: values.DATABASE_URL },
    /** Null: BullMQ works on Postgres. */
    redis: values.REDIS_URL,
    graph: {
      cloud: values.GRAPH_CLOUD,
      /** Root of Graph, without a version and without a slash at the end. */
      url: values.GRAPH_URL ?? cloud.graph,
      authorityUrl,
      /** Issuer of v1 validation tokens, less the tenant. */
      tokenServiceUrl: cloud.tokenService,
      tokenKeysUrl: values.GRAPH_TOKEN_KEYS_URL ?? `${authorityUrl}/common/discovery/v2.0/keys`,
      /** Null: the simulator. */
      credential: credential.status === 'whole' ? credential.credential : (null as GraphCredential | null),
    },
    webPubSub: { hub: values.WEB_PUBSUB_HUB, connection: webPubSubConnection(values) },
    secrets: {
      /** Each 32 bytes; the first one writes, all of them read. */
      masterKeys: values.SECRETS_KEY,
      /** Where a generated one is kept. */
      masterKeyFile: resolve(dataDir, 'secrets-key'),
      adminApiKey: values.ADMIN_API_KEY,
      adminApiKeyFile: resolve(dataDir, 'admin-api-key'),
    },
    fetch: {
      /** How long an item is tried again while Graph gives no answer. */
      patienceMs: values.FETCH_PATIENCE_HOURS * 3_600_000,
    },
    simulator: { changesPerSecond: values.SIMULATOR_CHANGES_PER_SECOND },
    log: { level: values.LOG_LEVEL },
  };
}

function webPubSubConnection(values: Values): WebPubSubConnection | null {
  if (values.WEB_PUBSUB_CONNECTION_STRING !== null)
    return { kind: 'connection_string', connectionString: values.WEB_PUBSUB_CONNECTION_STRING };
  return values.WEB_PUBSUB_ENDPOINT === null
    ? null
    : { kind: 'identity', endpoint: values.WEB_PUBSUB_ENDPOINT };
}
