import { canonicalPath } from './graph-path.ts';
import {
  isChangeType,
  isLifecycleEvent,
  type LifecycleEvent,
  type NotificationItem,
} from './notification.ts';
import { liesInside, watchedResource, type ChangeType, type WatchedResource } from './resource-catalogue.ts';
import type { SuspicionCode } from './set-aside.ts';
import type { SubscriptionStatus } from './subscription.ts';

/*
 * A clientState that proves itself shows that the sender knows one subscription's state. It is not the authority to have just
 * anything fetched with a tenant's rights: the item must also be that subscription's in every respect.
 */

/** The part of a subscription that is judged by. */
export interface WatchFacts {
  key: string;
  tenant: string;
  resource: string;
  status: SubscriptionStatus;
  graphIds: readonly string[];
}

export type Judgement =
  | { status: 'change'; subject: string; changeType: ChangeType; watched: WatchedResource }
  | { status: 'lifecycle'; event: LifecycleEvent }
  /** Graph's id is not one we know: the answer to a create may not have been recorded yet. */
  | { status: 'not_yet_known' }
  /** The subscription is being deleted. */
  | { status: 'unwanted' }
  | { status: 'suspicious'; code: SuspicionCode; message: string };

/** @param watch the subscription whose key the clientState proved; undefined when there is none */
export function judge(item: NotificationItem, watch: WatchFacts | undefined): Judgement {
  if (watch === undefined) return suspicious('unknown_subscription', 'no subscription of ours has this key');
  if (watch.status === 'deleting') return { status: 'unwanted' };
  const tenant = item.tenantId ?? item.organizationId ?? '';
  if (tenant.toLowerCase() !== watch.tenant.toLowerCase())
    return suspicious('wrong_tenant', 'it names another tenant than the subscription has');
  if (!watch.graphIds.includes(item.subscriptionId)) return { status: 'not_yet_known' };
  if (typeof item.lifecycleEvent === 'string')
    return isLifecycleEvent(item.lifecycleEvent)
      ? { status: 'lifecycle', event: item.lifecycleEvent }
      : suspicious('unknown_lifecycle_event', 'this version of the hub does not know the lifecycle event');
  return judgeChange(item, watch);
}

function judgeChange(item: NotificationItem, watch: WatchFacts): Judgement {
  if (!isChangeType(item.changeType))
    return suspicious('unknown_change_type', 'this version of the hub does not know the change type');
  const watched = watchedResource(watch.resource);
  const subject = canonicalPath(item.resource);
  if (subject === null || watched === null)
    return suspicious('malformed_resource', 'its resource is not a path the hub would ask Graph for');
  if (!liesInside(watched, subject))
    return suspicious('resource_outside', 'its resource does not lie inside what was subscribed to');
  return { status: 'change', subject, changeType: item.changeType, watched };
}

function suspicious(code: SuspicionCode, message: string): Judgement {
  return { status: 'suspicious', code, message: `The notification is not believed: ${message}.` };
}
