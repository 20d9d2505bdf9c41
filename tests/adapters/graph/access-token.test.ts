import type { AccessToken, TokenCredential } from '@azure/identity';
import { expect, test } from 'vitest';
import { accessToken, signInFailure } from '../../../src/adapters/graph/access-token.ts';

const TRACE = 'Trace ID: 5e2f8c90 Correlation ID: 0d7e4b7c Timestamp: 2026-03-04 05:06:07Z';

test.each([
  [
    `invalid_client: Error(s): 7000215 - Timestamp: 2026-03-04 05:06:07Z - Description: AADSTS7000215: Invalid client secret provided. Ensure it.\r\n${TRACE} - Correlation ID: 0d7e4b7c - Trace ID: 5e2f8c90`,
    {
      status: 'refused',
      httpStatus: 401,
      code: 'invalid_client',
      message: 'AADSTS7000215: Invalid client secret provided. Ensure it.',
    },
  ],
  [
    `unauthorized_client: Error(s): 700016 - Description: AADSTS700016: Application was not found. ${TRACE} - Correlation ID: 0d7e4b7c - Trace ID: 5e2f8c90`,
    {
      status: 'refused',
      httpStatus: 401,
      code: 'unauthorized_client',
      message: 'AADSTS700016: Application was not found.',
    },
  ],
  [
    'WorkloadIdentityCredential: AADSTS70021: No matching federated identity record found.',
    {
      status: 'refused',
      httpStatus: 401,
      code: 'sign_in_refused',
      message: 'AADSTS70021: No matching federated identity record found.',
    },
  ],
  [
    'temporarily_unavailable: Error(s): 90033 - Description: AADSTS90033: A transient error has occurred. Please try again.',
    {
      status: 'unreachable',
      message: 'No token for Graph: AADSTS90033: A transient error has occurred. Please try again.',
    },
  ],
  [
    'endpoints_resolution_error: See https://aka.ms/msal.js.errors#endpoints_resolution_error for details',
    {
      status: 'unreachable',
      message: 'No token for Graph: the login authority cannot be reached, or does not know this tenant',
    },
  ],
  [
    'ManagedIdentityCredential: The managed identity endpoint is not responding.\nMore',
    {
      status: 'unreachable',
      message:
        'No token for Graph: ManagedIdentityCredential: The managed identity endpoint is not responding.',
    },
  ],
])('%s', (message, meaning) => {
  expect(signInFailure(message)).toEqual(meaning);
});

function credentialOf(getToken: () => Promise<AccessToken | null>): TokenCredential {
  return { getToken };
}

const never = new AbortController().signal;

test('a token is the value, no token at all is no answer', async () => {
  const expiresOnTimestamp = Date.now() + 1000;
  const has = credentialOf(() => Promise.resolve({ token: 'a', expiresOnTimestamp }));
  expect(await accessToken(has, 'scope', never)).toEqual({ status: 'ok', value: 'a' });
  const hasNot = credentialOf(() => Promise.resolve(null));
  expect(await accessToken(hasNot, 'scope', never)).toMatchObject({ status: 'unreachable' });
});

test('a credential that hangs is left at the signal', async () => {
  const giveUp = new AbortController();
  const hanging = accessToken(
    credentialOf(() => Promise.withResolvers<AccessToken>().promise),
    'scope',
    giveUp.signal,
  );
  giveUp.abort();
  expect(await hanging).toMatchObject({ status: 'unreachable' });
  expect(
    await accessToken(
      credentialOf(() => Promise.resolve(null)),
      'scope',
      giveUp.signal,
    ),
  ).toMatchObject({ status: 'unreachable' });
});
