import type { NotificationItem } from '../../core/notification.ts';
import type { HeldSubscription, HeldSubscriptions } from './held-subscriptions.ts';
import type { NotificationDispatcher } from './notification-dispatcher.ts';
import { etagOf, ITEM_KINDS, type OfficeChange } from './office-items.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatorFaults } from './simulator-faults.ts';
import type { SimulatorManners } from './simulator-timing.ts';
import { graphTime } from './subscription-calls.ts';

/** What one subscription is told of one change. */
export interface Told {
  subscriptionId: string;
  changeType: OfficeChange['changeType'];
  /** In Graph's spelling. */
  resource: string;
  /** The notification's own id, where it has one. */
  id: string | null;
  /** The etag it names, where it names one. */
  etag: string | null;
}

/** Tells every subscription that watches of a change, and answers what it told. */
export function changeFeed(
  deps: {
    held: HeldSubscriptions;
    dispatcher: NotificationDispatcher;
    faults: SimulatorFaults;
    random: SeededRandom;
    now: () => number;
  },
  tenantId: string,
  manners: SimulatorManners,
): (change: OfficeChange) => Told[] {
  const { held, dispatcher, faults, random, now } = deps;

  function tell(subscription: HeldSubscription, change: OfficeChange, seen: Seen): Told {
    const { odataType } = ITEM_KINDS[change.item.kind];
    const id = random.chance(manners.withoutId) ? null : random.guid();
    const etag = random.chance(manners.withoutEtag) ? null : etagOf(change.item);
    const resource = spelledPath(change, seen.id);
    const item: NotificationItem = {
      subscriptionId: subscription.id,
      subscriptionExpirationDateTime: graphTime(subscription.expiresAtMs),
      changeType: seen.changeType,
      resource,
      resourceData: {
        '@odata.type': odataType,
        '@odata.id': resource,
        ...(etag !== null && { '@odata.etag': etag }),
        id: seen.id,
      },
      ...(subscription.clientState !== null && { clientState: subscription.clientState }),
      tenantId,
      ...(id !== null && { id }),
    };
    const heldBackMs = random.chance(manners.holdBack) ? random.between(1, manners.holdBackMaxMs) : 0;
    const twice = (id !== null || etag !== null) && random.chance(manners.duplicate);
    if (!faults.dropsNotifications()) {
      dispatcher.send(subscription.notificationUrl, item, heldBackMs);
      if (twice) dispatcher.send(subscription.notificationUrl, item, heldBackMs + random.between(1, 500));
    }
    return { subscriptionId: subscription.id, changeType: seen.changeType, resource, id, etag };
  }

  return (change) =>
    held
      .watching(change.item.kind, change.item.owner)
      .filter((subscription) => subscription.expiresAtMs > now())
      .flatMap((subscription) =>
        sightingsOf(subscription, change)
          .filter(({ changeType }) => subscription.changeType.split(',').includes(changeType))
          .map((seen) => tell(subscription, change, seen)),
      );
}

interface Seen {
  changeType: OfficeChange['changeType'];
  id: string;
}

/**
 * How a change looks through a subscription: what moves out of a watched folder is deleted there, and what moves at all is
 * another item to whoever does not watch by immutable ids.
 */
function sightingsOf(subscription: HeldSubscription, change: OfficeChange): Seen[] {
  const { item, movedFrom, changeType } = change;
  const inside = (folder: string) => subscription.folder === null || subscription.folder === folder;
  const isIn = inside(item.folder);
  const wasIn = movedFrom === null ? isIn : inside(movedFrom.folder);
  const idNow = subscription.immutableIds ? item.immutableId : item.id;
  const idBefore = movedFrom === null || subscription.immutableIds ? idNow : movedFrom.id;
  if (changeType !== 'updated') return isIn ? [{ changeType, id: idNow }] : [];
  if (wasIn && isIn && idBefore === idNow) return [{ changeType: 'updated', id: idNow }];
  return [
    ...(wasIn ? [{ changeType: 'deleted' as const, id: idBefore }] : []),
    ...(isIn ? [{ changeType: 'created' as const, id: idNow }] : []),
  ];
}

function spelledPath({ item }: OfficeChange, id: string): string {
  const { spelling, segment } = ITEM_KINDS[item.kind];
  return segment === null ? `${spelling}/${id}` : `Users/${item.owner}/${spelling}/${id}`;
}
