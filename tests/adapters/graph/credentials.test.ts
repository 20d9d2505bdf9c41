import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ManagedIdentityCredential } from '@azure/identity';
import selfsigned from 'selfsigned';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import { accessToken } from '../../../src/adapters/graph/access-token.ts';
import { tenantCredential, type TenantCredentialSettings } from '../../../src/adapters/graph/credentials.ts';
import { folderOfTest } from '../../support/temporary-folder.ts';
import { json, tlsServer } from './tls-server.ts';

const TENANT = '00000000-0000-4000-8000-000000000001';
const CLIENT = '00000000-0000-4000-8000-000000000002';
const SCOPE = 'https://graph.microsoft.com/.default';

const TOKEN = { token_type: 'Bearer', access_token: 'the-token', expires_in: 3600 };

/** An authority that hands a token to anybody, and what it was sent. */
async function openAuthority(tokenStatus = 200) {
  const server = await tlsServer(({ path }, response) => {
    const base = `${server.url}/${TENANT}`;
    if (path.includes('/oauth2/'))
      return json(response, tokenStatus, tokenStatus === 200 ? TOKEN : { error: 'server_error' });
    return json(response, 200, {
      issuer: `${base}/v2.0`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    });
  });
  const forms = () =>
    server.seen
      .filter(({ method }) => method === 'POST')
      .map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  return { url: server.url, forms };
}

async function signIn(settings: TenantCredentialSettings, tokenStatus = 200) {
  const authority = await openAuthority(tokenStatus);
  const credential = tenantCredential(settings, authority.url);
  return {
    answer: await accessToken(credential, SCOPE, AbortSignal.timeout(20_000)),
    forms: authority.forms(),
  };
}

async function fileOf(text: string): Promise<string> {
  const path = join(await folderOfTest('credential'), 'file');
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

test('a client secret signs in', async () => {
  const { answer, forms } = await signIn({
    kind: 'client_secret',
    tenantId: TENANT,
    clientId: CLIENT,
    clientSecret: 's e',
  });
  expect(answer).toEqual({ status: 'ok', value: 'the-token' });
  expect(forms).toMatchObject([
    { client_id: CLIENT, client_secret: 's e', scope: SCOPE, grant_type: 'client_credentials' },
  ]);
});

test('a certificate signs in by an assertion that carries its chain', async () => {
  const made = await selfsigned.generate([{ name: 'commonName', value: 'heliograph' }], {
    keySize: 2048,
    algorithm: 'sha256',
  });
  const certificatePath = await fileOf(`${made.private}\n${made.cert}`);
  const { answer, forms } = await signIn({
    kind: 'client_certificate',
    tenantId: TENANT,
    clientId: CLIENT,
    certificatePath,
  });
  expect(answer.status).toBe('ok');
  const assertion = forms[0]?.['client_assertion'] ?? '';
  expect(decodeJwt(assertion)).toMatchObject({ iss: CLIENT, sub: CLIENT });
  expect(decodeProtectedHeader(assertion).x5c).toHaveLength(1);
});

test('a certificate that is not there is said to be so', async () => {
  const { answer } = await signIn({
    kind: 'client_certificate',
    tenantId: TENANT,
    clientId: CLIENT,
    certificatePath: '/nowhere.pem',
  });
  expect(answer).toMatchObject({
    status: 'unreachable',
    message: expect.stringContaining('/nowhere.pem') as string,
  });
});

test('a workload identity signs in with the token of its file', async () => {
  const tokenFilePath = await fileOf('the.federated.token');
  const { answer, forms } = await signIn({
    kind: 'workload_identity',
    tenantId: TENANT,
    clientId: CLIENT,
    tokenFilePath,
  });
  expect(answer.status).toBe('ok');
  expect(forms).toMatchObject([{ client_assertion: 'the.federated.token' }]);
});

test('an authority that fails is asked once', async () => {
  const settings = { kind: 'client_secret', tenantId: TENANT, clientId: CLIENT, clientSecret: 's' } as const;
  for (const status of [429, 500, 503]) {
    const { answer, forms } = await signIn(settings, status);
    expect(answer).toMatchObject({ status: 'unreachable' });
    expect(forms).toHaveLength(1);
  }
});

test('a managed identity is the machine, or one that is named', () => {
  for (const clientId of [null, CLIENT]) {
    const credential = tenantCredential(
      { kind: 'managed_identity', tenantId: TENANT, clientId },
      'https://login.microsoftonline.com',
    );
    expect(credential).toBeInstanceOf(ManagedIdentityCredential);
  }
});
