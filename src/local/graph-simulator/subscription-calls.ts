import { randomUUID } from 'node:crypto';
import { isObject } from '../../core/notification.ts';
import { createdReply, errorReply, NO_CONTENT, okReply, type GraphReply } from './graph-reply.ts';
import type { HeldSubscription, HeldSubscriptions } from './held-subscriptions.ts';
import { resolveFolder } from './office-items.ts';
import type { OfficeStore } from './office-store.ts';
import type { SimulatorFaults } from './simulator-faults.ts';
import { checkAsk, checkExpiry, checkUrl, type CheckedAsk } from './subscription-checks.ts';
import { watchable } from './watchable-resources.ts';

/** Who calls: the application of the bearer token, and whether it prefers immutable ids. */
export interface Caller {
  applicationId: string;
  immutableIds: boolean;
}

/** `/subscriptions` as https://learn.microsoft.com/graph/api/resources/subscription has it. */
export interface SubscriptionCalls {
  create(caller: Caller, body: unknown): Promise<GraphReply>;
  list(skip: number): GraphReply;
  get(id: string): GraphReply;
  patch(id: string, body: unknown): Promise<GraphReply>;
  remove(id: string): Promise<GraphReply>;
  reauthorize(id: string): Promise<GraphReply>;
}

const CONTEXT = 'https://graph.microsoft.com/v1.0/$metadata#subscriptions';
const PAGE = 100;

export function subscriptionCalls(deps: {
  held: HeldSubscriptions;
  store: OfficeStore;
  faults: SimulatorFaults;
  now: () => number;
  rootUrl: () => string;
  validate: (url: string) => Promise<string | null>;
  /** When to ask for reauthorization of what has just been authorized. */
  challengeAt: (expiresAtMs: number) => number;
}): SubscriptionCalls {
  const { held, store, faults, now, validate, challengeAt } = deps;

  function live(id: string): HeldSubscription | null {
    const found = held.find(id);
    return found !== null && found.expiresAtMs > now() ? found : null;
  }

  async function create(caller: Caller, body: unknown): Promise<GraphReply> {
    const check = checkAsk(body, now());
    if (check.status === 'refused') return check.reply;
    const { ask } = check;
    const person = ask.watch.user === null ? null : store.findPerson(ask.watch.user);
    const ownerMissing = ask.watch.user !== null && ask.watch.terms.kind !== null && person === null;
    if (ownerMissing)
      return errorReply(404, 'ErrorInvalidUser', `The requested user '${ask.watch.user}' is invalid.`);
    if (person !== null && faults.forbids(person.id)) return forbidden();

    const made = newSubscription(caller, ask, person?.id ?? null);
    const before = held.sharing(made.identity);
    if (before !== null && before.expiresAtMs > now()) return duplicate(before.id);
    const urls = [ask.notificationUrl, ask.lifecycleNotificationUrl].filter((url) => url !== null);
    const flaw = (await Promise.all(urls.map(validate))).find((each) => each !== null);
    if (flaw !== undefined) return errorReply(400, 'InvalidRequest', flaw);
    const meanwhile = held.sharing(made.identity);
    if (meanwhile !== null && meanwhile.expiresAtMs > now()) return duplicate(meanwhile.id);
    await held.put(made);
    return createdReply(shown(made));
  }

  function newSubscription(caller: Caller, ask: CheckedAsk, owner: string | null): HeldSubscription {
    const {
      watch,
      watch: {
        terms: { kind },
      },
    } = ask;
    const folder = watch.folder === null || owner === null ? null : resolveFolder(owner, watch.folder);
    const place = owner === null ? watch.path : `${kind ?? watch.path}/${owner}/${folder ?? ''}`;
    return {
      id: randomUUID(),
      applicationId: caller.applicationId,
      resource: ask.resource,
      identity: `${place}|${ask.changeTypes.toSorted().join(',')}`,
      kind,
      owner,
      folder,
      changeType: ask.changeTypes.join(','),
      notificationUrl: ask.notificationUrl,
      lifecycleNotificationUrl: ask.lifecycleNotificationUrl,
      clientState: ask.clientState,
      latestSupportedTlsVersion: ask.latestSupportedTlsVersion,
      immutableIds: caller.immutableIds,
      expiresAtMs: ask.expiresAtMs,
      challengeAtMs: challengeAt(ask.expiresAtMs),
      challenges: 0,
    };
  }

  /** Renews, moves to another URL, and reauthorizes in one. */
  async function patch(id: string, body: unknown): Promise<GraphReply> {
    const found = live(id);
    if (found === null) return gone();
    const changes = isObject(body) ? body : {};
    const { expirationDateTime, notificationUrl } = changes;
    if (expirationDateTime === undefined && notificationUrl === undefined)
      return errorReply(
        400,
        'InvalidRequest',
        'expirationDateTime or notificationUrl is required to update a subscription.',
      );
    if (found.owner !== null && faults.forbids(found.owner)) return forbidden();
    const renewed = { ...found };
    if (expirationDateTime !== undefined) {
      const watch = watchable(found.resource);
      if (watch === null) throw new Error(`held a subscription to ${found.resource}`);
      const expiry = checkExpiry(expirationDateTime, watch, now());
      if (expiry.status === 'refused') return expiry.reply;
      renewed.expiresAtMs = expiry.expiresAtMs;
    }
    if (notificationUrl !== undefined) {
      const endpoint = checkUrl('NotificationUrl', notificationUrl);
      if (endpoint.status === 'flawed') return errorReply(400, 'InvalidRequest', endpoint.message);
      const flaw = await validate(endpoint.url);
      if (flaw !== null) return errorReply(400, 'InvalidRequest', flaw);
      renewed.notificationUrl = endpoint.url;
    }
    return authorized(renewed);
  }

  async function authorized(subscription: HeldSubscription): Promise<GraphReply> {
    if (held.find(subscription.id) === null) return gone();
    const fresh = { ...subscription, challenges: 0, challengeAtMs: challengeAt(subscription.expiresAtMs) };
    await held.put(fresh);
    return okReply(shown(fresh));
  }

  return {
    create,
    patch,
    list: (skip) => {
      const all = held.all().filter((each) => each.expiresAtMs > now());
      const page = all.slice(skip, skip + PAGE).map(propertiesOf);
      const more = skip + PAGE < all.length && {
        '@odata.nextLink': `${deps.rootUrl()}/v1.0/subscriptions?$skiptoken=${skip + PAGE}`,
      };
      return okReply({ '@odata.context': CONTEXT, ...more, value: page });
    },
    get: (id) => {
      const found = live(id);
      return found === null ? gone() : okReply(shown(found));
    },
    remove: async (id) => {
      if (live(id) === null) return gone();
      await held.drop(id);
      return NO_CONTENT;
    },
    reauthorize: async (id) => {
      const found = live(id);
      if (found === null) return gone();
      await authorized(found);
      return NO_CONTENT;
    },
  };
}

/** Graph's date: seven decimals. */
export function graphTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '0000Z');
}

function shown(subscription: HeldSubscription): Record<string, unknown> {
  return { '@odata.context': `${CONTEXT}/$entity`, ...propertiesOf(subscription) };
}

/** The clientState is never told again. */
function propertiesOf(subscription: HeldSubscription): Record<string, unknown> {
  return {
    id: subscription.id,
    resource: subscription.resource,
    applicationId: subscription.applicationId,
    changeType: subscription.changeType,
    clientState: null,
    notificationUrl: subscription.notificationUrl,
    notificationQueryOptions: null,
    lifecycleNotificationUrl: subscription.lifecycleNotificationUrl,
    expirationDateTime: graphTime(subscription.expiresAtMs),
    creatorId: subscription.applicationId,
    includeResourceData: null,
    latestSupportedTlsVersion: subscription.latestSupportedTlsVersion,
    encryptionCertificate: null,
    encryptionCertificateId: null,
    notificationUrlAppId: null,
  };
}

function duplicate(id: string): GraphReply {
  return errorReply(409, 'Conflict', `Subscription Id ${id} already exists for the requested combination`);
}

function gone(): GraphReply {
  return errorReply(404, 'ResourceNotFound', 'The object was not found.');
}

function forbidden(): GraphReply {
  return errorReply(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');
}
