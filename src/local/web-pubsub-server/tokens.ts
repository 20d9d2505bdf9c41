import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';

/*
 * Access key tokens: HS256 JWTs, the key being the UTF-8 bytes of the access key as it is written (not base64-decoded).
 * A call's audience is its URL, a client's the hub's client URL. `exp` is required and checked here and nowhere else: a client
 * that is connected stays connected, and a recovery is allowed by its reconnection token.
 */

/** What a client's token says about it. */
export interface ClientGrant {
  userId: string | null;
  roles: readonly string[];
  groups: readonly string[];
}

export interface Tokens {
  allowsCall(token: string, audiences: readonly string[]): Promise<boolean>;
  /** Null when the token is not ours, not for this audience, or has expired. */
  clientGrant(token: string, audiences: readonly string[]): Promise<ClientGrant | null>;
  issueClientToken(audience: string, grant: ClientGrant, minutesToExpire: number): Promise<string>;
}

export async function accessKeyTokens(accessKey: string): Promise<Tokens> {
  const key = await crypto.subtle.importKey(
    'raw',
    Buffer.from(accessKey),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign', 'verify'],
  );

  async function claims(token: string, audiences: readonly string[]): Promise<JWTPayload | null> {
    try {
      const verified = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        audience: [...audiences],
        requiredClaims: ['exp'],
      });
      return verified.payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

  return {
    async allowsCall(token, audiences) {
      return (await claims(token, audiences)) !== null;
    },

    async clientGrant(token, audiences) {
      const payload = await claims(token, audiences);
      const roles = listOf(payload?.['role']);
      const groups = listOf(payload?.['webpubsub.group']);
      if (payload === null || roles === null || groups === null) return null;
      return { userId: payload.sub ?? null, roles, groups };
    },

    issueClientToken(audience, grant, minutesToExpire) {
      const token = new SignJWT({ role: [...grant.roles], 'webpubsub.group': [...grant.groups] })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuedAt()
        .setExpirationTime(`${minutesToExpire}m`)
        .setAudience(audience);
      return (grant.userId === null ? token : token.setSubject(grant.userId)).sign(key);
    },
  };
}

/** A claim that may be absent, one text, or several; null when it is anything else. */
function listOf(claim: unknown): string[] | null {
  if (claim === undefined) return [];
  const list: unknown[] = Array.isArray(claim) ? claim : [claim];
  return list.every((each) => typeof each === 'string') ? list : null;
}
