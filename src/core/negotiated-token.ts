import { eventTypeFlaw } from './event-type.ts';
import { filterOfGroup, isGroup } from './realtime.ts';

/*
 * A negotiated token lets a page read, over HTTP, the very events its Web PubSub connection is sent: those of its groups, until
 * it expires, and nothing else.
 */

export interface NegotiatedClaims {
  groups: readonly string[];
}

/** The groups in a token's claims; null when the claims are not those of a negotiated token. */
export function groupsInClaims(claims: Readonly<Record<string, unknown>>): string[] | null {
  const { groups } = claims;
  return Array.isArray(groups) && groups.every((group) => typeof group === 'string' && isGroup(group))
    ? groups
    : null;
}

/** Names of event types are these characters, so that fifty groups still fit into a header. */
const EVENT_TYPE = /^[A-Za-z][A-Za-z0-9.]{0,99}$/;

/** What there is to be a member of: the tenants and subscriptions of this hub, and the user of the request. */
export interface GroupOwners {
  tenants: readonly string[];
  subscriptions: readonly string[];
  userId: string | undefined;
}

/** The subscription that a group is of; null for every other kind. */
export function subscriptionOfGroup(group: string): string | null {
  const filter = filterOfGroup(group);
  return 'subscription' in filter ? filter.subscription : null;
}

/** What is wrong with asking for a group, in words; null when it may be granted. */
export function groupFlaw(group: string, owners: GroupOwners): string | null {
  if (!isGroup(group))
    return 'is not a group: write tenant.{id}, tenant.{id}.type.{EventType} or subscription.{key}';
  if (group.startsWith('user.'))
    return owners.userId !== undefined && group === `user.${owners.userId}`
      ? null
      : 'is the group of another user: it has to be user.{userId} of the same request';
  const filter = filterOfGroup(group);
  if ('subscription' in filter)
    return owners.subscriptions.includes(filter.subscription) ? null : 'is of no subscription of this hub';
  if (!('tenant' in filter)) return 'is not a group that events are sent to';
  if (!owners.tenants.includes(filter.tenant)) return 'is of no tenant of this hub';
  if (!('type' in filter)) return null;
  if (!EVENT_TYPE.test(filter.type)) return 'does not name an event type';
  const flaw = eventTypeFlaw(filter.type);
  return flaw === null ? null : `names the type ${filter.type}, which ${flaw}`;
}
