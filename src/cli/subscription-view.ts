import type { SubscriptionStatus } from '../core/subscription.ts';
import type { Subscription } from '../http/schemas/subscriptions.ts';
import type { Cli } from './cli.ts';
import type { Colour, Column, Terminal } from './terminal.ts';
import { fullTime, relativeTime } from './words.ts';

const STATUS_COLOURS: Record<SubscriptionStatus, Colour> = {
  creating: 'yellow',
  active: 'green',
  failing: 'red',
  removed: 'red',
  paused: 'dim',
  deleting: 'yellow',
};

export function statusColour(status: SubscriptionStatus): Colour {
  return STATUS_COLOURS[status];
}

export function subscriptionColumns(nowMs: number): readonly Column<Subscription>[] {
  return [
    { head: 'KEY', value: ({ key }) => key },
    { head: 'STATUS', value: ({ status }) => status, colour: ({ status }) => statusColour(status) },
    { head: 'EXPIRES', value: ({ expiresAt }) => relativeTime(expiresAt, nowMs) },
    { head: 'NOTIFIED', value: ({ lastNotificationAt }) => relativeTime(lastNotificationAt, nowMs) },
    { head: 'RESOURCE', value: ({ resource }) => resource, flexible: true, cut: 'middle' },
  ];
}

/** One subscription, everything about it. */
export function subscriptionFields(terminal: Terminal, subscription: Subscription, nowMs: number): string {
  const { reason, ...rest } = subscription;
  return terminal.fields([
    ['key', rest.key],
    ['status', rest.status, statusColour(rest.status)],
    ...(reason === null
      ? []
      : ([
          ['reason', `${reason.message} (${reason.code}, ${relativeTime(reason.since, nowMs)})`],
          ['remedy', reason.remedy],
        ] as const)),
    ['expires', fullTime(rest.expiresAt, nowMs)],
    ['renewal', fullTime(rest.renewAt, nowMs)],
    ['last notification', fullTime(rest.lastNotificationAt, nowMs)],
    ['resource', rest.resource],
    ['change types', rest.changeTypes.join(', ')],
    ['fetch', rest.fetch],
    ['rich', rest.rich ? 'yes' : 'no'],
    ['tenant', rest.tenant],
    ['id at Graph', rest.graphId ?? '-'],
    ['created', fullTime(rest.createdAt, nowMs)],
    ['changed', fullTime(rest.updatedAt, nowMs)],
  ]);
}

/** What to do about a key that is none. */
export function whatIsWatched({ line }: Pick<Cli, 'line'>): string {
  return `To see what is watched: ${line('subscriptions list')}`;
}

/** Why a subscription is not well, with what to do, a line for each sentence. */
export function troubleOf({ key, status, reason }: Subscription): string[] {
  if (reason === null) return [];
  return [`${key} is ${status}: ${reason.message}`, `  ${reason.remedy}`];
}
