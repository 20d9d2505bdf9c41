import { isObject } from '../../core/notification.ts';
import { errorReply, type GraphReply } from './graph-reply.ts';
import { watchable, type Watchable } from './watchable-resources.ts';

/*
 * What Graph checks of a subscription before it asks the endpoint. The words are those users of Graph report.
 */

const MIN_LIFETIME_MS = 45 * 60_000;
const CLOCK_SKEW_MS = 60_000;
const MAX_CLIENT_STATE = 128;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

export interface CheckedAsk {
  watch: Watchable;
  resource: string;
  changeType: string;
  changeTypes: string[];
  notificationUrl: string;
  lifecycleNotificationUrl: string | null;
  clientState: string | null;
  latestSupportedTlsVersion: string;
  expiresAtMs: number;
}

export type AskCheck = { status: 'checked'; ask: CheckedAsk } | { status: 'refused'; reply: GraphReply };

export function checkAsk(body: unknown, nowMs: number): AskCheck {
  if (!isObject(body)) return refuse('BadRequest', 'Empty Payload. JSON content expected.');
  const { resource, changeType, notificationUrl, clientState, latestSupportedTlsVersion } = body;
  const lifecycleUrl = body['lifecycleNotificationUrl'] ?? null;
  for (const [name, value] of Object.entries({ changeType, notificationUrl, resource }))
    if (typeof value !== 'string' || value === '')
      return refuse('InvalidRequest', `${name} is a required property for subscription creation`);
  if (typeof resource !== 'string' || typeof changeType !== 'string' || typeof notificationUrl !== 'string')
    return refuse('InvalidRequest', 'Could not process subscription creation payload.');

  if (/^\/?me\b/.test(resource))
    return refuse('BadRequest', '/me request is only valid with delegated authentication flow.');
  const watch = watchable(resource);
  if (watch === null)
    return refuse('ExtensionError', `Resource '${resource}' is not supported for subscriptions.`);
  const changeTypes = changeType.split(',').map((part) => part.trim().toLowerCase());
  const strange = changeTypes.find((part) => !watch.terms.changeTypes.includes(part));
  if (strange !== undefined)
    return refuse('InvalidRequest', `ChangeType '${strange}' is not supported for resource '${resource}'.`);
  if (
    clientState !== undefined &&
    clientState !== null &&
    (typeof clientState !== 'string' || clientState.length > MAX_CLIENT_STATE)
  )
    return refuse('InvalidRequest', `clientState must be a string of at most ${MAX_CLIENT_STATE} characters`);

  const expiry = checkExpiry(body['expirationDateTime'], watch, nowMs);
  if (expiry.status === 'refused') return expiry;
  const notifications = checkUrl('NotificationUrl', notificationUrl);
  if (notifications.status === 'flawed') return refuse('InvalidRequest', notifications.message);
  const lifecycle = lifecycleUrl === null ? null : checkUrl('LifecycleNotificationUrl', lifecycleUrl);
  if (lifecycle?.status === 'flawed') return refuse('InvalidRequest', lifecycle.message);
  if (watch.terms.lifecycleUrlRequired && lifecycleUrl === null && expiry.expiresAtMs - nowMs > 3_600_000)
    return refuse(
      'InvalidRequest',
      'lifecycleNotificationUrl is a required property for subscription creation on this resource when the expirationDateTime value is set to greater than 1 hour from now.',
    );

  return {
    status: 'checked',
    ask: {
      watch,
      resource,
      changeType,
      changeTypes,
      notificationUrl: notifications.url,
      lifecycleNotificationUrl: lifecycle?.url ?? null,
      clientState: typeof clientState === 'string' ? clientState : null,
      latestSupportedTlsVersion:
        typeof latestSupportedTlsVersion === 'string' ? latestSupportedTlsVersion : 'v1_2',
      expiresAtMs: expiry.expiresAtMs,
    },
  };
}

export type ExpiryCheck =
  | { status: 'checked'; expiresAtMs: number }
  | { status: 'refused'; reply: GraphReply };

/** Anything shorter than 45 minutes is raised to that; anything longer than the resource allows is refused. */
export function checkExpiry(value: unknown, watch: Watchable, nowMs: number): ExpiryCheck {
  const askedMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(askedMs))
    return refuse('InvalidRequest', 'expirationDateTime is a required property for subscription creation');
  if (askedMs < nowMs - CLOCK_SKEW_MS)
    return refuse('InvalidRequest', 'Subscription expiration must be in the future.');
  const { maxMinutes } = watch.terms;
  if (askedMs > nowMs + maxMinutes * 60_000 + CLOCK_SKEW_MS)
    return refuse(
      'ExtensionError',
      `Subscription expiration can only be ${maxMinutes} minutes in the future.`,
    );
  return { status: 'checked', expiresAtMs: Math.max(askedMs, nowMs + MIN_LIFETIME_MS) };
}

export type UrlCheck = { status: 'checked'; url: string } | { status: 'flawed'; message: string };

/** Graph takes https only; over loopback, where this simulator lives, http is as private. */
export function checkUrl(name: string, value: unknown): UrlCheck {
  const parsed = typeof value === 'string' ? URL.parse(value) : null;
  if (parsed === null || typeof value !== 'string')
    return { status: 'flawed', message: `${name} is not a valid absolute URL.` };
  const { protocol, hostname } = parsed;
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname)))
    return { status: 'checked', url: value };
  return { status: 'flawed', message: `${name} scheme='${protocol.slice(0, -1)}' is not supported` };
}

function refuse(code: string, message: string): { status: 'refused'; reply: GraphReply } {
  return { status: 'refused', reply: errorReply(400, code, message) };
}
