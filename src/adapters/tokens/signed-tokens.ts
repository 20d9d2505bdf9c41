import { errors, jwtVerify, SignJWT } from 'jose';
import { secretId, subkey } from '../../core/secrets.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SignedTokens } from '../../ports/signed-tokens.ts';

export interface SignedTokensOptions {
  /** Names the subkey; no other use of the master keys has it. */
  purpose: string;
  /** Master keys, 32 bytes each: the first signs, all of them verify. */
  secrets: readonly [Buffer, ...Buffer[]];
  clock: Clock;
}

const ALGORITHM = 'HS256';

/** JSON Web Tokens (RFC 7519) by HMAC-SHA256. `kid` is the master key's short name, so a rotated key is found at once. */
export function signedTokens({ purpose, secrets, clock }: SignedTokensOptions): SignedTokens {
  const keys = new Map(secrets.map((secret) => [secretId(secret), subkey(secret, purpose)]));
  const kid = secretId(secrets[0]);
  const signingKey = subkey(secrets[0], purpose);
  return {
    sign: (claims, expiresAt) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid })
        .setIssuedAt(seconds(clock.now()))
        .setExpirationTime(seconds(Date.parse(expiresAt)))
        .sign(signingKey),
    async read(token) {
      try {
        const { payload } = await jwtVerify(token, (header) => keyNamed(keys, header.kid), {
          algorithms: [ALGORITHM],
          requiredClaims: ['exp'],
          currentDate: new Date(clock.now()),
        });
        const { exp = 0, iat: _issuedAt, ...claims } = payload;
        return { claims, expiresAt: new Date(exp * 1000).toISOString() };
      } catch (error) {
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
    },
  };
}

function keyNamed(keys: ReadonlyMap<string, Buffer>, kid: string | undefined): Buffer {
  const key = kid === undefined ? undefined : keys.get(kid);
  if (key === undefined) throw new errors.JWKSNoMatchingKey();
  return key;
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
