import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../ports/clock.ts';
import type { SignedTokens } from '../ports/signed-tokens.ts';
import { keyFingerprint, type ApiKeys } from './api-keys.ts';
import type { Caller } from './caller.ts';

/*
 * A session is a signed token in a cookie that scripts cannot read. It names the API key it came from by the key's fingerprint
 * and takes its role from it, so it ends when that key is replaced or removed.
 */

const COOKIE = 'heliograph_session';
const SESSION_MS = 12 * 60 * 60_000;

export interface SessionDeps {
  apiKeys: ApiKeys;
  sessionTokens: SignedTokens;
  clock: Clock;
  publicUrl: string;
}

export function sessionCookieOf(request: FastifyRequest): string | null {
  return request.cookies[COOKIE] ?? null;
}

/** Sets the cookie for the holder of a key. @returns when the session ends; null when the key is gone meanwhile */
export async function startSession(
  deps: SessionDeps,
  reply: FastifyReply,
  keyName: string,
): Promise<string | null> {
  const record = await deps.apiKeys.named(keyName);
  if (record === null) return null;
  const expiresAt = new Date(Math.floor((deps.clock.now() + SESSION_MS) / 1000) * 1000).toISOString();
  const token = await deps.sessionTokens.sign({ name: record.name, key: keyFingerprint(record) }, expiresAt);
  void reply.setCookie(COOKIE, token, { ...cookieOptions(deps), maxAge: SESSION_MS / 1000 });
  return expiresAt;
}

export function endSession(deps: Pick<SessionDeps, 'publicUrl'>, reply: FastifyReply): void {
  void reply.clearCookie(COOKIE, cookieOptions(deps));
}

export async function readSession(
  deps: Pick<SessionDeps, 'apiKeys' | 'sessionTokens'>,
  token: string,
): Promise<Caller | null> {
  const read = await deps.sessionTokens.read(token);
  if (read === null || typeof read.claims['name'] !== 'string') return null;
  const record = await deps.apiKeys.named(read.claims['name']);
  if (record === null || read.claims['key'] !== keyFingerprint(record)) return null;
  return { name: record.name, role: record.role, via: 'session', scope: null, expiresAt: read.expiresAt };
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a method changes nothing (RFC 9110, 9.2.1). */
export function isSafe(method: string): boolean {
  return SAFE_METHODS.has(method);
}

/**
 * Whether a request with the cookie may change something: a page of another origin cannot make one that may. The cookie is
 * SameSite=Strict already; this also keeps out pages of the same site on another port or subdomain.
 */
export function isFromOurPages(deps: Pick<SessionDeps, 'publicUrl'>, request: FastifyRequest): boolean {
  if (isSafe(request.method)) return true;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const origin = URL.parse(request.headers.origin ?? '');
  if (origin === null) return false;
  return origin.host === request.headers.host || origin.origin === URL.parse(deps.publicUrl)?.origin;
}

function cookieOptions({ publicUrl }: Pick<SessionDeps, 'publicUrl'>) {
  const secure = publicUrl.startsWith('https:');
  return { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;
}
