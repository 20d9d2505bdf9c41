import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { processSettings } from '../../src/config/process-settings.ts';
import { CLIENT_SECRET, MASTER_KEY, namesOf, PRODUCTION, problemsOf, TENANT } from './settings.ts';

describe('with nothing set', () => {
  it('is local, with all roles, the documented defaults and nothing configured', () => {
    expect(loadConfig({})).toEqual({
      mode: 'local',
      roles: ['receiver', 'workers', 'scheduler', 'api'],
      dataDir: resolve('.heliograph'),
      http: { host: '127.0.0.1', port: 3000, publicUrl: null, corsOrigins: [], metricsToken: null },
      database: { url: null },
      redis: null,
      graph: {
        cloud: 'global',
        url: 'https://graph.microsoft.com',
        authorityUrl: 'https://login.microsoftonline.com',
        tokenServiceUrl: 'https://sts.windows.net',
        tokenKeysUrl: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
        credential: null,
      },
      webPubSub: { hub: 'heliograph', connection: null },
      secrets: {
        masterKeys: null,
        masterKeyFile: resolve('.heliograph/secrets-key'),
        adminApiKey: null,
        adminApiKeyFile: resolve('.heliograph/admin-api-key'),
      },
      fetch: { patienceMs: 86_400_000 },
      simulator: { changesPerSecond: 1 },
      log: { level: 'info' },
    });
  });
});

describe('where a setting comes from', () => {
  it('lets the environment win over .env, and --roles over both', () => {
    const dotenv = { PORT: '4000', HOST: '0.0.0.0', ROLES: 'api' };
    const config = loadConfig(
      { PORT: '5000', DATABASE_URL: 'postgres://db/hub', SECRETS_KEY: MASTER_KEY },
      { dotenv, roles: 'receiver' },
    );
    expect(config.http).toMatchObject({ port: 5000, host: '0.0.0.0' });
    expect(config.roles).toEqual(['receiver']);
  });

  it('counts an empty setting as unset, so that .env or the default holds', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: ' ' }, { dotenv: { PORT: '4000' } })).toMatchObject({
      http: { port: 4000 },
      database: { url: null },
    });
  });

  it('reads .env of the working directory as node does, and does without one', () => {
    const directory = mkdtempSync(join(tmpdir(), 'heliograph-env-'));
    expect(processSettings(directory).dotenv).toEqual({});
    writeFileSync(join(directory, '.env'), '# a comment\nPORT=4000\nexport HOST="0.0.0.0"\n');
    expect(processSettings(directory).dotenv).toEqual({ PORT: '4000', HOST: '0.0.0.0' });
    rmSync(directory, { recursive: true });
  });

  it('says so when .env is there and cannot be read', () => {
    const directory = mkdtempSync(join(tmpdir(), 'heliograph-env-'));
    mkdirSync(join(directory, '.env'));
    expect(() => processSettings(directory).dotenv).toThrow(
      expect.objectContaining({
        code: 'configuration',
        message: expect.stringMatching(/\.env is there but/),
      }),
    );
    rmSync(directory, { recursive: true });
  });
});

describe('values', () => {
  it('takes lists, clusters, overrides and several master keys', () => {
    const second = Buffer.alloc(32, 9).toString('base64');
    const config = loadConfig({
      ...CLIENT_SECRET,
      PUBLIC_URL: 'https://hub.example.com/graph/',
      CORS_ORIGINS: 'https://a.example.com, http://localhost:5173,https://a.example.com/',
      REDIS_URL: 'rediss://one:6379,rediss://two:6379',
      GRAPH_CLOUD: 'china',
      AZURE_AUTHORITY_HOST: 'https://login.example.com/',
      SECRETS_KEY: `${second}, ${MASTER_KEY}`,
      FETCH_PATIENCE_HOURS: '0.5',
      AZURE_TENANT_ID: TENANT.toUpperCase(),
    });
    expect(config.http.publicUrl).toBe('https://hub.example.com/graph');
    expect(config.http.corsOrigins).toEqual(['https://a.example.com', 'http://localhost:5173']);
    expect(config.redis).toEqual({ urls: ['rediss://one:6379', 'rediss://two:6379'], cluster: true });
    expect(config.graph).toMatchObject({
      url: 'https://microsoftgraph.chinacloudapi.cn',
      authorityUrl: 'https://login.example.com',
      tokenKeysUrl: 'https://login.example.com/common/discovery/v2.0/keys',
      tokenServiceUrl: 'https://sts.chinacloudapi.cn',
      credential: { kind: 'client_secret', tenantId: TENANT },
    });
    expect(config.secrets.masterKeys?.map((key) => key[0])).toEqual([9, 7]);
    expect(config.fetch.patienceMs).toBe(1_800_000);
  });

  it('takes one Redis server as it is, and a cluster behind one address', () => {
    expect(loadConfig({ REDIS_URL: 'redis://user:pass@host:6380/2' }).redis).toEqual({
      urls: ['redis://user:pass@host:6380/2'],
      cluster: false,
    });
    expect(loadConfig({ REDIS_URL: 'redis://host:6379?cluster=true' }).redis).toEqual({
      urls: ['redis://host:6379'],
      cluster: true,
    });
  });

  const malformed: [string, string, RegExp][] = [
    ['HELIOGRAPH_MODE', 'prod', /one of local, production/],
    ['ROLES', 'receiver,worker', /"worker".*one of receiver, workers, scheduler, api/],
    ['HOST', '127.0.0.1:3000', /the port goes into PORT/],
    ['HOST', 'http://localhost', /host name/],
    ['PORT', '65536', /from 0 to 65535/],
    ['PORT', '3000x', /from 0 to 65535/],
    ['PUBLIC_URL', 'hub.example.com', /give an http or https URL/],
    ['PUBLIC_URL', 'https://hub.example.com/?a=1', /leave out everything from/],
    ['PUBLIC_URL', 'https://user:pass@hub.example.com', /user name or a password/],
    ['CORS_ORIGINS', '*', /not allowed/],
    ['CORS_ORIGINS', 'https://app.example.com/page', /without a path/],
    ['METRICS_TOKEN', 'with space', /without spaces/],
    ['METRICS_TOKEN', 'x'.repeat(15), /shorter than 16 characters; make one with/],
    ['DATABASE_URL', 'mysql://db/hub', /postgres:\/\//],
    ['REDIS_URL', 'redis:6379', /redis:\/\//],
    ['REDIS_URL', 'redis://one,http://two', /redis:\/\//],
    ['AZURE_CLIENT_ID', 'heliograph', /the application \(client\) ID, a GUID/],
    ['AZURE_TENANT_ID', 'contoso.onmicrosoft.com', /a GUID, not a domain or a display name/],
    ['AZURE_CLIENT_CERTIFICATE_PATH', '/nowhere/app.pem', /cannot read/],
    ['AZURE_TOKEN_CREDENTIALS', 'dev', /ManagedIdentityCredential/],
    ['GRAPH_CLOUD', 'germany', /global, usgov, dod, china/],
    ['GRAPH_URL', 'http://graph.example.com', /give an https URL/],
    ['AZURE_AUTHORITY_HOST', 'http://127.0.0.1:8443', /give an https URL/],
    ['GRAPH_TOKEN_KEYS_URL', 'keys', /https URL/],
    ['WEB_PUBSUB_CONNECTION_STRING', 'Endpoint=https://x.webpubsub.azure.com;', /AccessKey/],
    ['WEB_PUBSUB_ENDPOINT', 'http://x.webpubsub.azure.com', /https URL/],
    ['SECRETS_KEY', 'c2hvcnQ=', /32 bytes in base64/],
    ['SECRETS_KEY', `${MASTER_KEY},`, /32 bytes in base64/],
    ['ADMIN_API_KEY', 'only-23-characters-long', /24 characters/],
    ['LOG_LEVEL', 'verbose', /one of fatal/],
    ['FETCH_PATIENCE_HOURS', '-1', /number from 0 to 8760/],
    ['SIMULATOR_CHANGES_PER_SECOND', '1e9', /number from 0 to 1000/],
    ['HELIOGRAPH_URL', 'localhost:3000', /http or https URL/],
    ['HELIOGRAPH_API_KEY', 'ключ', /printable ASCII/],
  ];
  it.each(malformed)('refuses %s=%s by name, with a remedy', (name, text, remedy) => {
    const flaws = problemsOf({ [name]: text }).filter((flaw) => flaw.path === name);
    expect(flaws).toEqual([{ path: name, message: expect.stringMatching(remedy) }]);
  });

  const secrets = Object.entries(SETTINGS).flatMap(([name, each]) =>
    'secret' in each && each.secret ? [name] : [],
  );
  it.each(secrets)('never repeats a malformed %s', (name) => {
    const text = 'häßliches geheimnis';
    const flaws = problemsOf({ [name]: text }).filter((flaw) => flaw.path === name);
    expect(flaws).toHaveLength(1);
    expect(flaws[0]?.message).not.toContain(text);
  });
});

describe('all problems at once', () => {
  it('names malformed, missing and unknown settings together', () => {
    const env = {
      HELIOGRAPH_MODE: 'production',
      PORT: 'many',
      HELIOGRAPH_APIKEY: 'x',
      PUBLIC_URL: 'http://hub.example.com',
    };
    expect(namesOf(problemsOf(env, { dotenv: { DATABSE_URL: 'postgres://db/hub' } }))).toEqual([
      'ADMIN_API_KEY',
      'AZURE_TENANT_ID',
      'DATABASE_URL',
      'DATABSE_URL',
      'HELIOGRAPH_APIKEY',
      'PORT',
      'PUBLIC_URL',
      'SECRETS_KEY',
      'WEB_PUBSUB_CONNECTION_STRING',
    ]);
  });

  it('names the settings in the message itself', () => {
    expect(() => loadConfig({ PORT: 'x', HOST: '-:-' })).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringMatching(/HOST, PORT/) }),
    );
  });

  it('does not call a malformed setting missing as well, nor guess what an unreadable mode would need', () => {
    expect(namesOf(problemsOf({ ...PRODUCTION, SECRETS_KEY: 'short' }))).toEqual(['SECRETS_KEY']);
    expect(namesOf(problemsOf({ ...PRODUCTION, AZURE_TENANT_ID: 'domain' }))).toEqual(['AZURE_TENANT_ID']);
    expect(namesOf(problemsOf({ HELIOGRAPH_MODE: 'live', ROLES: 'api' }))).toEqual(['HELIOGRAPH_MODE']);
    expect(namesOf(problemsOf({ HELIOGRAPH_MODE: 'production', ROLES: 'apis' }))).toEqual(['ROLES']);
  });
});

describe('unknown settings', () => {
  it('suggests the near name', () => {
    expect(problemsOf({ HELIOGRAPH_MOD: 'local' })).toEqual([
      { path: 'HELIOGRAPH_MOD', message: 'is not a setting. Did you mean HELIOGRAPH_MODE?' },
    ]);
    expect(problemsOf({}, { dotenv: { DATABASEURL: 'x' } })[0]?.message).toMatch(/\.env.*DATABASE_URL/);
  });

  it('points to the documentation where none is near', () => {
    expect(problemsOf({}, { dotenv: { POSTGRES_PASSWORD: 'x' } })[0]?.message).toMatch(
      /docs\/configuration\.md/,
    );
  });

  it('leaves alone what others put into the environment', () => {
    expect(problemsOf({ PATH: '/bin', DATABSE_URL: 'x', NODE_ENV: 'test' })).toEqual([]);
  });

  it('is not stopped by the variables that Kubernetes adds for a service called heliograph', () => {
    const links = {
      HELIOGRAPH_SERVICE_HOST: '10.0.0.1',
      HELIOGRAPH_SERVICE_PORT: '3000',
      HELIOGRAPH_SERVICE_PORT_HTTP: '3000',
      HELIOGRAPH_PORT: 'tcp://10.0.0.1:3000',
      HELIOGRAPH_PORT_3000_TCP: 'tcp://10.0.0.1:3000',
      HELIOGRAPH_PORT_3000_TCP_ADDR: '10.0.0.1',
      HELIOGRAPH_RECEIVER_SERVICE_HOST: '10.0.0.2',
    };
    expect(problemsOf(links)).toEqual([]);
    expect(namesOf(problemsOf({ HELIOGRAPH_PORT: '3000' }))).toEqual(['HELIOGRAPH_PORT']);
  });
});
