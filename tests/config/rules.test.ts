import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Environment } from '../../src/config/read-settings.ts';
import { CLIENT_SECRET, namesOf, PRODUCTION, problemsOf, TENANT, without } from './settings.ts';

const WHOLE = { ...CLIENT_SECRET, PUBLIC_URL: 'https://hub.example.com' };
const directory = mkdtempSync(join(tmpdir(), 'heliograph-rules-'));
const certificate = join(directory, 'app.pem');
writeFileSync(certificate, 'a certificate');
afterAll(() => rmSync(directory, { recursive: true }));

describe('production', () => {
  it('starts with everything set', () => {
    expect(loadConfig(PRODUCTION)).toMatchObject({ mode: 'production', redis: null });
  });

  it.each(['PUBLIC_URL', 'DATABASE_URL', 'SECRETS_KEY', 'ADMIN_API_KEY', 'WEB_PUBSUB_CONNECTION_STRING'])(
    'is refused without %s',
    (name) => {
      expect(namesOf(problemsOf(without(PRODUCTION, name)))).toEqual([name]);
      expect(problemsOf(without(PRODUCTION, name))[0]?.message).toMatch(
        /production fills nothing in\. .{10,}/,
      );
    },
  );

  it('is refused without a credential for Graph', () => {
    const env = without(PRODUCTION, ...Object.keys(CLIENT_SECRET));
    expect(namesOf(problemsOf(env))).toEqual(['AZURE_TENANT_ID']);
  });

  it('is refused with a PUBLIC_URL in http, whatever the role', () => {
    const env = { ...PRODUCTION, PUBLIC_URL: 'http://hub.example.com' };
    expect(namesOf(problemsOf(env))).toEqual(['PUBLIC_URL']);
    expect(namesOf(problemsOf(env, { roles: 'receiver' }))).toEqual(['PUBLIC_URL']);
  });

  it('takes the identity instead of a key for Web PubSub', () => {
    const env = {
      ...without(PRODUCTION, 'WEB_PUBSUB_CONNECTION_STRING'),
      WEB_PUBSUB_ENDPOINT: 'https://x.webpubsub.azure.com',
    };
    expect(loadConfig(env).webPubSub.connection).toEqual({
      kind: 'identity',
      endpoint: 'https://x.webpubsub.azure.com',
    });
  });

  const needs: [string, string[]][] = [
    ['receiver', ['DATABASE_URL', 'SECRETS_KEY']],
    ['scheduler', ['DATABASE_URL', 'SECRETS_KEY']],
    [
      'workers',
      ['AZURE_TENANT_ID', 'DATABASE_URL', 'PUBLIC_URL', 'SECRETS_KEY', 'WEB_PUBSUB_CONNECTION_STRING'],
    ],
    [
      'api',
      [
        'ADMIN_API_KEY',
        'AZURE_TENANT_ID',
        'DATABASE_URL',
        'PUBLIC_URL',
        'SECRETS_KEY',
        'WEB_PUBSUB_CONNECTION_STRING',
      ],
    ],
  ];
  it.each(needs)('needs for the role %s alone just what it uses', (role, names) => {
    expect(namesOf(problemsOf({ HELIOGRAPH_MODE: 'production', ROLES: role }))).toEqual(names);
  });
});

describe('roles in local mode', () => {
  const shared = { DATABASE_URL: 'postgres://db/hub', SECRETS_KEY: PRODUCTION.SECRETS_KEY };

  it('lets all of them share the stand-ins, named in whatever order', () => {
    expect(problemsOf({ ROLES: 'api,scheduler,workers,receiver' })).toEqual([]);
  });

  it.each(['receiver', 'scheduler', 'receiver,scheduler'])(
    'refuses to split off %s without the database and the key that all share',
    (roles) => {
      expect(problemsOf({}, { roles })).toEqual([
        { path: 'DATABASE_URL', message: expect.stringMatching(/splits the hub: the embedded database/) },
        { path: 'SECRETS_KEY', message: expect.stringMatching(/splits the hub: the generated key/) },
      ]);
      expect(namesOf(problemsOf(without(shared, 'SECRETS_KEY'), { roles }))).toEqual(['SECRETS_KEY']);
      expect(problemsOf(shared, { roles })).toEqual([]);
    },
  );

  it.each(['workers', 'api', 'receiver,workers'])(
    'refuses to split off %s without Graph and Web PubSub',
    (roles) => {
      expect(namesOf(problemsOf(shared, { roles }))).toEqual([
        'AZURE_TENANT_ID',
        'WEB_PUBSUB_CONNECTION_STRING',
      ]);
      const { WEB_PUBSUB_CONNECTION_STRING } = PRODUCTION;
      expect(namesOf(problemsOf({ ...shared, ...WHOLE }, { roles }))).toEqual([
        'WEB_PUBSUB_CONNECTION_STRING',
      ]);
      expect(problemsOf({ ...shared, ...WHOLE, WEB_PUBSUB_CONNECTION_STRING }, { roles })).toEqual([]);
    },
  );
});

describe('the credential for Graph', () => {
  const { AZURE_CLIENT_ID, AZURE_CLIENT_SECRET } = CLIENT_SECRET;
  const ids = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID, PUBLIC_URL: WHOLE.PUBLIC_URL };

  const whole: [string, Environment, object][] = [
    [
      'a client secret',
      { ...ids, AZURE_CLIENT_SECRET },
      { kind: 'client_secret', clientSecret: AZURE_CLIENT_SECRET },
    ],
    [
      'a client certificate',
      { ...ids, AZURE_CLIENT_CERTIFICATE_PATH: certificate },
      { kind: 'client_certificate', certificatePath: certificate },
    ],
    [
      'a workload identity',
      { ...ids, AZURE_FEDERATED_TOKEN_FILE: '/var/run/token' },
      { kind: 'workload_identity', tokenFilePath: '/var/run/token' },
    ],
    [
      'the identity of the machine',
      {
        AZURE_TENANT_ID: TENANT,
        AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
        PUBLIC_URL: WHOLE.PUBLIC_URL,
      },
      { kind: 'managed_identity', clientId: null },
    ],
    [
      'a user-assigned identity, whatever else the platform provides',
      { ...ids, AZURE_TOKEN_CREDENTIALS: 'managedidentitycredential', AZURE_FEDERATED_TOKEN_FILE: '/t' },
      { kind: 'managed_identity', clientId: AZURE_CLIENT_ID },
    ],
    [
      'the chosen one of two',
      {
        ...ids,
        AZURE_CLIENT_SECRET,
        AZURE_FEDERATED_TOKEN_FILE: '/t',
        AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential',
      },
      { kind: 'client_secret' },
    ],
  ];
  it.each(whole)('can be %s', (_, env, credential) => {
    expect(loadConfig(env).graph.credential).toMatchObject({ tenantId: TENANT, ...credential });
  });

  const half: [string, Environment, string[]][] = [
    ['a secret alone', { AZURE_CLIENT_SECRET }, ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID']],
    ['a secret without a client', { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_SECRET }, ['AZURE_CLIENT_ID']],
    [
      'a token file without a tenant',
      { AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE: '/t' },
      ['AZURE_TENANT_ID'],
    ],
    ['a tenant alone', { AZURE_TENANT_ID: TENANT }, ['AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET']],
    ['a client alone', { AZURE_CLIENT_ID }, ['AZURE_CLIENT_SECRET', 'AZURE_TENANT_ID']],
    ['a tenant and a client', ids, ['AZURE_CLIENT_SECRET']],
    [
      'a choice alone',
      { AZURE_TOKEN_CREDENTIALS: 'EnvironmentCredential' },
      ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_TOKEN_CREDENTIALS'],
    ],
    [
      'two ways without their ids',
      { AZURE_CLIENT_SECRET, AZURE_FEDERATED_TOKEN_FILE: '/t' },
      ['AZURE_CLIENT_ID', 'AZURE_FEDERATED_TOKEN_FILE', 'AZURE_TENANT_ID'],
    ],
    [
      'a managed identity without a tenant',
      { AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential' },
      ['AZURE_TENANT_ID'],
    ],
    [
      'a choice of what is not there',
      { ...ids, AZURE_CLIENT_SECRET, AZURE_TOKEN_CREDENTIALS: 'WorkloadIdentityCredential' },
      ['AZURE_TOKEN_CREDENTIALS'],
    ],
    [
      'a secret and a certificate',
      { ...ids, AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH: certificate },
      ['AZURE_CLIENT_CERTIFICATE_PATH'],
    ],
  ];
  it.each(half)('is never guessed from %s', (_, env, names) => {
    expect(namesOf(problemsOf({ PUBLIC_URL: WHOLE.PUBLIC_URL, ...env }))).toEqual(names);
    expect(namesOf(problemsOf({ ...without(PRODUCTION, ...Object.keys(CLIENT_SECRET)), ...env }))).toEqual(
      names,
    );
  });

  it('is asked for together with the PUBLIC_URL that it needs', () => {
    expect(namesOf(problemsOf({ AZURE_CLIENT_SECRET }))).toEqual([
      'AZURE_CLIENT_ID',
      'AZURE_TENANT_ID',
      'PUBLIC_URL',
    ]);
  });

  it('names every way to sign in where none is there', () => {
    const message = problemsOf({ AZURE_TENANT_ID: TENANT })
      .map((flaw) => flaw.message)
      .join('\n');
    for (const way of [
      'AZURE_CLIENT_CERTIFICATE_PATH',
      'AZURE_FEDERATED_TOKEN_FILE',
      'AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential',
      'remove AZURE_TENANT_ID to use the simulated Graph',
    ])
      expect(message).toContain(way);
  });

  it('is not said to lack what is there and malformed', () => {
    expect(namesOf(problemsOf({ ...ids, AZURE_CLIENT_CERTIFICATE_PATH: '/nowhere/app.pem' }))).toEqual([
      'AZURE_CLIENT_CERTIFICATE_PATH',
    ]);
    expect(namesOf(problemsOf({ ...ids, AZURE_TOKEN_CREDENTIALS: 'ManagedIdentity' }))).toEqual([
      'AZURE_TOKEN_CREDENTIALS',
    ]);
    expect(namesOf(problemsOf({ ...ids, AZURE_CLIENT_SECRET, AZURE_TENANT_ID: 'contoso.com' }))).toEqual([
      'AZURE_TENANT_ID',
    ]);
  });

  it('does not matter to a receiver, which shares its settings with others', () => {
    expect(
      problemsOf(
        {
          ...ids,
          DATABASE_URL: 'postgres://db/hub',
          SECRETS_KEY: PRODUCTION.SECRETS_KEY,
          GRAPH_URL: 'https://x.example.com',
        },
        { roles: 'receiver' },
      ),
    ).toEqual([]);
  });

  it('needs a PUBLIC_URL where it is one for the Graph of Microsoft itself', () => {
    expect(namesOf(problemsOf(CLIENT_SECRET))).toEqual(['PUBLIC_URL']);
    expect(namesOf(problemsOf({ ...CLIENT_SECRET, PUBLIC_URL: 'http://hub.example.com' }))).toEqual([
      'PUBLIC_URL',
    ]);
    const another = { ...CLIENT_SECRET, GRAPH_URL: 'https://127.0.0.1:9000' };
    expect(problemsOf(another)).toEqual([]);
    expect(problemsOf({ ...another, PUBLIC_URL: 'http://127.0.0.1:3000' })).toEqual([]);
  });

  it('needs a PUBLIC_URL where the process that asks Graph does not receive', () => {
    const env = { ...CLIENT_SECRET, AZURE_TENANT_ID: TENANT, GRAPH_URL: 'https://127.0.0.1:4000' };
    const servers = {
      ...env,
      DATABASE_URL: 'postgres://db/hub',
      SECRETS_KEY: PRODUCTION.SECRETS_KEY,
      WEB_PUBSUB_CONNECTION_STRING: PRODUCTION.WEB_PUBSUB_CONNECTION_STRING,
    };
    for (const roles of ['workers', 'api', 'workers,scheduler,api'])
      expect(problemsOf(servers, { roles })).toEqual([
        { path: 'PUBLIC_URL', message: expect.stringMatching(/this process does not receive/) },
      ]);
    for (const roles of ['receiver', 'scheduler', 'receiver,workers'])
      expect(problemsOf(servers, { roles })).toEqual([]);
    expect(problemsOf({ ...servers, PUBLIC_URL: 'http://127.0.0.1:3000' }, { roles: 'api' })).toEqual([]);
  });

  it('is needed for another Graph than the simulated one, and for Web PubSub by identity', () => {
    expect(namesOf(problemsOf({ GRAPH_URL: 'https://graph.example.com' }))).toEqual(['GRAPH_URL']);
    expect(namesOf(problemsOf({ WEB_PUBSUB_ENDPOINT: 'https://x.webpubsub.azure.com' }))).toEqual([
      'WEB_PUBSUB_ENDPOINT',
    ]);
  });
});

describe('Web PubSub', () => {
  it('is not reached by a key and by an identity at once', () => {
    const env = { ...PRODUCTION, WEB_PUBSUB_ENDPOINT: 'https://x.webpubsub.azure.com' };
    expect(namesOf(problemsOf(env))).toEqual(['WEB_PUBSUB_ENDPOINT']);
  });
});
