import type { FastifyRequest } from 'fastify';
import { groupsInClaims } from '../core/negotiated-token.ts';
import { filterOfGroup, type GroupFilter } from '../core/realtime.ts';
import type { SignedTokens } from '../ports/signed-tokens.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Caller } from './caller.ts';
import { readSession, sessionCookieOf } from './session.ts';

export type Identified = { status: 'known'; caller: Caller } | { status: 'none' } | { status: 'failed' };

export interface CredentialDeps {
  apiKeys: ApiKeys;
  sessionTokens: SignedTokens;
  negotiatedTokens: SignedTokens;
  signIn: { codes: { redeem(code: string): boolean }; keyName: string } | null;
}

const BEARER = /^bearer +([\x21-\x7e]{1,16384})$/i;

/** The bearer credential of a request; null where it has none. */
export function bearerOf(request: FastifyRequest): string | null {
  return BEARER.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/** A bearer credential counts before the session cookie. @param takesCode whether a one-time code may be spent on this request */
export async function identify(
  deps: CredentialDeps,
  request: FastifyRequest,
  takesCode = false,
): Promise<Identified> {
  const bearer = bearerOf(request);
  const cookie = bearer === null ? sessionCookieOf(request) : null;
  if (bearer === null && cookie === null) return { status: 'none' };
  const caller =
    bearer === null
      ? await readSession(deps, cookie ?? '')
      : ((await byKey(deps, bearer)) ??
        (await byNegotiatedToken(deps, bearer)) ??
        (takesCode ? await byCode(deps, bearer) : null));
  return caller === null ? { status: 'failed' } : { status: 'known', caller };
}

async function byKey({ apiKeys }: CredentialDeps, bearer: string): Promise<Caller | null> {
  const record = await apiKeys.find(bearer);
  return record && { name: record.name, role: record.role, via: 'key', scope: null, expiresAt: null };
}

async function byNegotiatedToken(
  { negotiatedTokens }: CredentialDeps,
  bearer: string,
): Promise<Caller | null> {
  const read = await negotiatedTokens.read(bearer);
  const groups = read && groupsInClaims(read.claims);
  if (read === null || groups === null) return null;
  const scope = groups.map(filterOfGroup).filter(readsSomething);
  return { name: 'negotiated', role: 'viewer', via: 'negotiated', scope, expiresAt: read.expiresAt };
}

function readsSomething(filter: GroupFilter): filter is Exclude<GroupFilter, { nothing: true }> {
  return !('nothing' in filter);
}

async function byCode({ signIn, apiKeys }: CredentialDeps, bearer: string): Promise<Caller | null> {
  if (signIn === null || !signIn.codes.redeem(bearer)) return null;
  const record = await apiKeys.named(signIn.keyName);
  return record && { name: record.name, role: record.role, via: 'code', scope: null, expiresAt: null };
}
