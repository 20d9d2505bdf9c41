import { GRAPH_CLOUDS } from './core/graph-cloud.ts';
import { HUB_ROLES } from './core/role.ts';
import {
  anyText,
  bearerSecret,
  directory,
  guidOf,
  hostName,
  listOf,
  masterKeys,
  numberBetween,
  oneOf,
  origin,
  postgresUrl,
  readableFile,
  redisTarget,
  urlWithoutSecrets,
  webAddress,
  webPubSubConnectionString,
} from './config/kinds.ts';
import { defaulted, optional, type SettingTable, type ValuesOf } from './config/setting.ts';

/*
 * The one table of settings. From it come the `Config` type, parsing and validation (`config/load-config.ts`), `.env.sample` and
 * `docs/configuration.md` (`config/print.ts`) and what `heliograph config` shows. Nothing else reads the environment.
 */

const MODES = ['local', 'production'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** How the application signs in to Microsoft, in the terms of the Azure SDK's own variable. */
const CREDENTIAL_KINDS = [
  'EnvironmentCredential',
  'WorkloadIdentityCredential',
  'ManagedIdentityCredential',
] as const;

export const SETTINGS = {
  HELIOGRAPH_MODE: defaulted('process', oneOf(MODES), 'local', {
    meaning:
      'local: whatever is not configured is filled in by a stand-in, an embedded database or a generated secret. ' +
      'production: nothing is filled in, and what is missing stops the start.',
  }),
  ROLES: defaulted('process', listOf(oneOf(HUB_ROLES)), HUB_ROLES, {
    meaning: 'Which roles this process has, separated by commas.',
    example: HUB_ROLES.join(','),
  }),
  DATA_DIR: defaulted('process', directory, '.heliograph', {
    meaning: 'The directory of the embedded database and of generated secrets, for its owner alone.',
  }),

  HOST: defaulted('http', hostName, '127.0.0.1', {
    meaning: 'The address the HTTP server listens on. 0.0.0.0 is every interface, as in a container.',
  }),
  PORT: defaulted('http', numberBetween(0, 65_535, 'whole'), 3000, {
    meaning: 'The port the HTTP server listens on. 0 takes any free port.',
  }),
  PUBLIC_URL: optional('http', webAddress('anywhere'), {
    meaning: 'The base of the notification URLs that Graph is given. https in production.',
    unset: 'the simulator reaches http://HOST:PORT',
    example: 'https://hub.example.com',
    need: {
      roles: ['workers', 'api'],
      remedy: 'Set it to the https address at which Microsoft Graph reaches this hub.',
    },
  }),
  CORS_ORIGINS: defaulted('http', listOf(origin), [], {
    meaning: 'Origins of the pages that may call negotiate and read events, separated by commas.',
    unset: 'none',
    example: 'https://app.example.com,https://intranet.example.com',
  }),
  METRICS_TOKEN: optional('http', bearerSecret(16), {
    meaning: 'The bearer token that /metrics asks for, at least 16 characters.',
    unset: '/metrics answers on loopback only',
    secret: true,
  }),

  DATABASE_URL: optional('storage', postgresUrl, {
    meaning: 'Postgres 14 or newer.',
    unset: 'an embedded PGlite under DATA_DIR',
    example: 'postgres://heliograph:password@localhost:5432/heliograph',
    secret: true,
    shown: urlWithoutSecrets,
    need: {
      roles: HUB_ROLES,
      standIn: 'the embedded database',
      remedy: 'Set it to the URL of a Postgres database.',
    },
  }),
  REDIS_URL: optional('storage', redisTarget, {
    meaning:
      'Redis 6.2 or newer, or Valkey, for BullMQ; rediss:// for TLS. A cluster is several URLs separated by commas, ' +
      'or one with ?cluster=true.',
    unset: 'BullMQ works on Postgres',
    example: 'redis://localhost:6379',
    secret: true,
    shown: urlWithoutSecrets,
  }),

  AZURE_TENANT_ID: optional('graph', guidOf('directory (tenant) ID'), {
    meaning: 'The directory (tenant) ID of the first tenant.',
    unset: 'simulated Graph',
    example: '00000000-0000-0000-0000-000000000000',
    need: {
      roles: ['workers', 'api'],
      standIn: 'the Graph simulator',
      remedy:
        'Set AZURE_TENANT_ID and AZURE_CLIENT_ID with AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH or ' +
        'AZURE_FEDERATED_TOKEN_FILE; or AZURE_TENANT_ID with AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential.',
    },
  }),
  AZURE_CLIENT_ID: optional('graph', guidOf('application (client) ID'), {
    meaning: 'The application (client) ID of the app registration, or of a user-assigned managed identity.',
    example: '00000000-0000-0000-0000-000000000000',
  }),
  AZURE_CLIENT_SECRET: optional('graph', anyText, { meaning: 'A client secret of the app.', secret: true }),
  AZURE_CLIENT_CERTIFICATE_PATH: optional('graph', readableFile, {
    meaning: 'A PEM file with the private key and the certificate of the app, instead of a secret.',
    example: '/run/secrets/heliograph.pem',
  }),
  AZURE_FEDERATED_TOKEN_FILE: optional('graph', anyText, {
    meaning: 'The token file of a workload identity, as Kubernetes provides it.',
    example: '/var/run/secrets/azure/tokens/azure-identity-token',
  }),
  AZURE_TOKEN_CREDENTIALS: optional('graph', oneOf(CREDENTIAL_KINDS), {
    meaning:
      'How to sign in, where the settings above do not say it: ManagedIdentityCredential for a managed identity, ' +
      'one of the others to choose between several that are set.',
    unset: 'what the settings above say',
    example: 'ManagedIdentityCredential',
  }),
  GRAPH_CLOUD: defaulted('graph', oneOf(GRAPH_CLOUDS), 'global', {
    meaning: 'Which cloud of Microsoft Graph: global, usgov, dod or china.',
  }),
  GRAPH_URL: optional('graph', webAddress('never'), {
    meaning: 'Another root of Microsoft Graph, without a version. Needs a credential.',
    unset: 'from the cloud',
    example: 'https://graph.microsoft.com',
  }),
  AZURE_AUTHORITY_HOST: optional('graph', webAddress('never'), {
    meaning: 'Another login authority.',
    unset: 'from the cloud',
    example: 'https://login.microsoftonline.com',
  }),
  GRAPH_TOKEN_KEYS_URL: optional('graph', webAddress('on loopback'), {
    meaning: 'Another address of the public keys (JWKS) of validation tokens.',
    unset: 'from the login authority',
    example: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
  }),

  WEB_PUBSUB_CONNECTION_STRING: optional('webPubSub', webPubSubConnectionString, {
    meaning: 'The connection string of an Azure Web PubSub resource.',
    unset: 'a local server on a port of its own',
    secret: true,
    need: {
      roles: ['workers', 'api'],
      orElse: 'WEB_PUBSUB_ENDPOINT',
      standIn: 'the local Web PubSub server',
      remedy: 'Set it, or WEB_PUBSUB_ENDPOINT, to reach an Azure Web PubSub resource.',
    },
  }),
  WEB_PUBSUB_ENDPOINT: optional('webPubSub', webAddress('never'), {
    meaning:
      'The endpoint of an Azure Web PubSub resource that the credential above may use, instead of a key.',
    example: 'https://example.webpubsub.azure.com',
  }),
  WEB_PUBSUB_HUB: defaulted('webPubSub', anyText, 'heliograph', { meaning: 'The hub inside the resource.' }),

  SECRETS_KEY: optional('secrets', masterKeys, {
    meaning:
      'The master key, 32 bytes in base64. A list separated by commas rotates it: the first one writes, all of them read.',
    unset: 'generated in DATA_DIR/secrets-key',
    secret: true,
    need: {
      roles: HUB_ROLES,
      standIn: 'the generated key',
      remedy: 'Make one with `openssl rand -base64 32`, the same for every process, and keep it safe.',
    },
  }),
  ADMIN_API_KEY: optional('secrets', bearerSecret(24), {
    meaning: 'The bootstrap key of the API, role admin, at least 24 characters.',
    unset: 'generated in DATA_DIR/admin-api-key',
    secret: true,
    need: { roles: ['api'], remedy: 'Make one with `openssl rand -base64 32`.' },
  }),

  LOG_LEVEL: defaulted('operation', oneOf(LOG_LEVELS), 'info', {
    meaning: 'The least level that is logged: fatal, error, warn, info, debug, trace, or silent.',
  }),
  FETCH_PATIENCE_HOURS: defaulted('operation', numberBetween(0, 8760, 'decimal'), 24, {
    meaning:
      'How long a notification is tried again while Graph gives no answer, before its event is appended without the resource ' +
      '(reason `unavailable`).',
  }),
  SIMULATOR_CHANGES_PER_SECOND: defaulted('operation', numberBetween(0, 1000, 'decimal'), 1, {
    meaning: 'How busy the simulated office is. 0: it changes on demand only.',
  }),

  HELIOGRAPH_URL: optional('cli', webAddress('anywhere'), {
    meaning: 'Which hub the command line talks to.',
    unset: 'this host and PORT',
    example: 'https://hub.example.com',
  }),
  HELIOGRAPH_API_KEY: optional('cli', bearerSecret(1), {
    meaning: 'The API key it uses there.',
    unset: 'the bootstrap key, at a hub on this host',
    secret: true,
  }),
} as const satisfies SettingTable;

export type SettingName = keyof typeof SETTINGS;

/** Every setting as parsed, by name. */
export type Values = ValuesOf<typeof SETTINGS>;
