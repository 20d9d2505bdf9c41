import { CHANGE_TYPES, type ChangeType } from './resource-catalogue.ts';

/*
 * What Graph posts: https://learn.microsoft.com/graph/api/resources/changenotificationcollection
 *   { "value": [ item, … ], "validationTokens": [ … ] }
 * An item is a change notification (`changeType`) or a lifecycle notification (`lifecycleEvent`), and either kind may come to
 * either URL. Real payloads deviate from the page: `organizationId` for `tenantId`, an empty `resource`, no `id`. The shape
 * check asks only for what every item must have; the rest is judged by the worker.
 */

export const LIFECYCLE_EVENTS = ['reauthorizationRequired', 'subscriptionRemoved', 'missed'] as const;
export type LifecycleEvent = (typeof LIFECYCLE_EVENTS)[number];

/** Deeper than anything Graph sends; V8 writes JSON recursively, so unbounded depth could exhaust the stack. */
const MAX_DEPTH = 64;
/** Graph batches some tens of items; a collection larger than this is not Graph's. */
const MAX_ITEMS = 10_000;

/** An item whose shape was checked and nothing else. Strings are as they came. */
export interface NotificationItem {
  subscriptionId: string;
  clientState?: string;
  tenantId?: string;
  /** Seen in place of `tenantId`. */
  organizationId?: string;
  changeType?: string;
  lifecycleEvent?: string;
  resource?: string;
  resourceData?: Record<string, unknown>;
  encryptedContent?: unknown;
  id?: string;
  subscriptionExpirationDateTime?: string;
}

export interface NotificationCollection {
  value: NotificationItem[];
  validationTokens?: unknown;
}

export type CollectionCheck =
  | { status: 'collection'; collection: NotificationCollection }
  | { status: 'malformed'; path: string; message: string };

/** The shape check of the receiver. A single bad item makes the post malformed: Graph never sends one. */
export function checkCollection(body: unknown): CollectionCheck {
  if (!isObject(body)) return malformed('', 'is not a JSON object');
  if (!Array.isArray(body['value'])) return malformed('/value', 'is not an array of notifications');
  if (body['value'].length === 0) return malformed('/value', 'is empty');
  if (body['value'].length > MAX_ITEMS) return malformed('/value', `has more than ${MAX_ITEMS} items`);
  if (deeperThan(body, MAX_DEPTH)) return malformed('', `is nested deeper than ${MAX_DEPTH} levels`);
  for (const [index, item] of body['value'].entries()) {
    const flaw = flawOf(item);
    if (flaw !== null) return malformed(`/value/${index}${flaw.path}`, flaw.message);
  }
  return { status: 'collection', collection: body as unknown as NotificationCollection };
}

function flawOf(item: unknown): { path: string; message: string } | null {
  if (!isObject(item)) return { path: '', message: 'is not an object' };
  if (typeof item['subscriptionId'] !== 'string')
    return { path: '/subscriptionId', message: 'is not a string' };
  for (const name of [
    'clientState',
    'tenantId',
    'organizationId',
    'resource',
    'id',
    'subscriptionExpirationDateTime',
  ])
    if (item[name] !== undefined && item[name] !== null && typeof item[name] !== 'string')
      return { path: `/${name}`, message: 'is not a string' };
  const isChange = typeof item['changeType'] === 'string';
  const isLifecycle = typeof item['lifecycleEvent'] === 'string';
  // Graph sends one of them. Should both ever come, it is a lifecycle notification, and its neighbours are not lost over it.
  if (!isChange && !isLifecycle) return { path: '', message: 'has neither changeType nor lifecycleEvent' };
  if (item['resourceData'] !== undefined && item['resourceData'] !== null && !isObject(item['resourceData']))
    return { path: '/resourceData', message: 'is not an object' };
  return null;
}

export function isChangeType(text: string | undefined): text is ChangeType {
  return (CHANGE_TYPES as readonly (string | undefined)[]).includes(text);
}

export function isLifecycleEvent(text: string | undefined): text is LifecycleEvent {
  return (LIFECYCLE_EVENTS as readonly (string | undefined)[]).includes(text);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Goes no deeper than `max` itself, so that depth cannot exhaust the stack here either. */
function deeperThan(value: unknown, max: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (max < 0) return true;
  if (Array.isArray(value)) return value.some((child) => deeperThan(child, max - 1));
  const holder = value as Record<string, unknown>;
  for (const name in holder) {
    const child = holder[name];
    if (typeof child === 'object' && deeperThan(child, max - 1)) return true;
  }
  return false;
}

function malformed(path: string, message: string): CollectionCheck {
  return { status: 'malformed', path, message };
}
