import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/*
 * Access tokens as Entra issues them for Graph: to a client they are opaque. Signed with a key derived from the client's
 * secret, so that a token outlives a restart of the simulator as it outlives one of Graph.
 */

const LIFETIME_SECONDS = 3600;
const HEADER = Buffer.from(JSON.stringify({ typ: 'JWT', alg: 'HS256' })).toString('base64url');

export interface BearerTokens {
  issue(scope: string): { token: string; expiresInSeconds: number };
  /** Why Graph does not take the token, in its words; null when it does. */
  flawOf(authorization: string | undefined): string | null;
}

export function bearerTokens(options: {
  clientSecret: string;
  tenantId: string;
  clientId: string;
  now: () => number;
}): BearerTokens {
  const { tenantId, clientId, now } = options;
  const key = Buffer.from(hkdfSync('sha256', options.clientSecret, '', 'simulator-access-token', 32));
  /** Checked once, then known until it expires: the key is a full header. */
  const known = new Map<string, number>();

  function sign(text: string): Buffer {
    return createHmac('sha256', key).update(text).digest();
  }

  /** When it expires, in seconds; null when it is none of ours. */
  function expiryOf(token: string): number | null {
    const [header, payload, signature, more] = token.split('.');
    if (header === undefined || payload === undefined || signature === undefined || more !== undefined)
      return null;
    const given = Buffer.from(signature, 'base64url');
    const expected = sign(`${header}.${payload}`);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number }).exp;
  }

  return {
    issue: (scope) => {
      const iat = Math.floor(now() / 1000);
      const claims = {
        aud: scope.replace(/\/\.default$/, ''),
        iss: `https://sts.windows.net/${tenantId}/`,
        iat,
        nbf: iat,
        exp: iat + LIFETIME_SECONDS,
        appid: clientId,
        idtyp: 'app',
        roles: ['Calendars.Read', 'Contacts.Read', 'Mail.Read', 'User.Read.All'],
        tid: tenantId,
        ver: '1.0',
      };
      const unsigned = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
      return {
        token: `${unsigned}.${sign(unsigned).toString('base64url')}`,
        expiresInSeconds: LIFETIME_SECONDS,
      };
    },
    flawOf: (authorization) => {
      if (authorization === undefined) return 'Access token is empty.';
      let expiry = known.get(authorization) ?? null;
      if (expiry === null) {
        const token = /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1];
        expiry = token === undefined ? null : expiryOf(token);
        if (expiry === null) return 'CompactToken validation failed with reason code: 80049228.';
        known.set(authorization, expiry);
      }
      if (expiry * 1000 > now()) return null;
      known.delete(authorization);
      return 'Lifetime validation failed, the token is expired.';
    },
  };
}
