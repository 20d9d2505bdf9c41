import type { LifecycleEvent } from '../../core/notification.ts';
import type { Told } from './change-feed.ts';
import type { HeldSubscription } from './held-subscriptions.ts';
import type { DispatchCounts, PostRecord } from './notification-dispatcher.ts';
import type { ItemKindName, OfficeChange } from './office-items.ts';
import { etagOf } from './office-items.ts';
import type { ChangeAsk } from './office-script.ts';
import type { FaultSettings, SimulatorFaults } from './simulator-faults.ts';

/** What can be asked of the simulator from outside Graph, in this process or over `/control`. */
export interface SimulatorControl {
  state(): SimulatorState;
  /** Makes changes now. Null when there is no such user. */
  makeChanges(count: number, ask?: ChangeAsk): MadeChange[] | null;
  sendLifecycle(subscriptionId: string, event: LifecycleEvent): Promise<boolean>;
  faults: SimulatorFaults;
  setPace(changesPerSecond: number): void;
  /** As if Graph had lost it: no word to anybody. */
  loseSubscription(id: string): Promise<boolean>;
}

interface SimulatorState {
  tenantId: string;
  clientId: string;
  seed: number;
  /** How many changes of this seed were made. */
  position: number;
  changesPerSecond: number;
  users: { id: string; displayName: string; userPrincipalName: string }[];
  items: Record<ItemKindName, number>;
  subscriptions: ShownSubscription[];
  faults: FaultSettings;
  notifications: DispatchCounts;
  recentPosts: PostRecord[];
}

export interface ShownSubscription {
  id: string;
  resource: string;
  changeType: string;
  notificationUrl: string;
  lifecycleNotificationUrl: string | null;
  expiresAt: string;
  challengeAt: string;
  challenges: number;
}

/** A change and everybody who was told of it. */
export interface MadeChange {
  kind: ItemKindName;
  changeType: OfficeChange['changeType'];
  userId: string;
  id: string;
  immutableId: string;
  etag: string;
  subject: string | null;
  notified: Told[];
}

export function madeChange({ changeType, item }: OfficeChange, notified: Told[]): MadeChange {
  const { subject } = item.resource;
  return {
    kind: item.kind,
    changeType,
    userId: item.owner,
    id: item.id,
    immutableId: item.immutableId,
    etag: etagOf(item),
    subject: typeof subject === 'string' ? subject : null,
    notified,
  };
}

/** Everything but the clientState. */
export function shownSubscription(held: HeldSubscription): ShownSubscription {
  return {
    id: held.id,
    resource: held.resource,
    changeType: held.changeType,
    notificationUrl: held.notificationUrl,
    lifecycleNotificationUrl: held.lifecycleNotificationUrl,
    expiresAt: new Date(held.expiresAtMs).toISOString(),
    challengeAt: new Date(held.challengeAtMs).toISOString(),
    challenges: held.challenges,
  };
}
