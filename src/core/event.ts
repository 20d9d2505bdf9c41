import { createHash } from 'node:crypto';
import type { NotificationItem } from './notification.ts';
import { isObject } from './notification.ts';
import type { ChangeType, ResourceKind } from './resource-catalogue.ts';

/*
 * The event: a verified, enriched, numbered fact, as a CloudEvent (https://github.com/cloudevents/spec, 1.0.2).
 * In Postgres it is a row whose `data` is JSON text; it becomes one object here and nowhere else.
 */

export const DATA_SCHEMA = 'urn:heliograph:schema:graph-change:1';
export const EVENT_ORIGINS = ['notification', 'catch-up', 'api', 'source'] as const;
export type EventOrigin = (typeof EVENT_ORIGINS)[number];

/** Why `data.resource` is absent. `unavailable`: no answer for as long as the operator allows. */
export const ABSENCE_CODES = ['deleted', 'not_found', 'forbidden', 'unavailable', 'fetch_off'] as const;
export type AbsenceCode = (typeof ABSENCE_CODES)[number];

export interface EventData {
  resource?: unknown;
  resourceData?: unknown;
  reason?: { code: AbsenceCode; message: string };
  fetchedAt?: string;
}

/** An event before it has a number. Times are RFC 3339 in UTC; `data` is JSON text. */
export interface NewEvent {
  id: string;
  type: string;
  source: string;
  subject: string;
  /** When Graph told us: the time its post was accepted. */
  time: string;
  tenantId: string | null;
  subscriptionKey: string | null;
  changeType: ChangeType | null;
  origin: EventOrigin;
  data: string;
  verifiedAt: string;
  fetchedAt: string | null;
  /**
   * The log's head when the fetch began. If another event of the same subject has been appended since, what was fetched may
   * be older than what that event carries, and the append answers `stale`. Null when nothing was fetched.
   */
  readAtSequence: number | null;
}

/** An event in the log. `time` is also the time of acceptance. */
export interface LoggedEvent extends Omit<NewEvent, 'readAtSequence'> {
  sequence: number;
  appendedAt: string;
}

export interface CloudEvent {
  specversion: '1.0';
  id: string;
  sequence: string;
  time: string;
  type: string;
  source: string;
  subject: string;
  datacontenttype: 'application/json';
  dataschema: string;
  tenantid?: string;
  subscriptionkey?: string;
  changetype?: ChangeType;
  origin: EventOrigin;
  data: EventData;
}

export function toCloudEvent(event: LoggedEvent): CloudEvent {
  return {
    specversion: '1.0',
    id: event.id,
    sequence: formatSequence(event.sequence),
    time: event.time,
    type: event.type,
    source: event.source,
    subject: event.subject,
    datacontenttype: 'application/json',
    dataschema: DATA_SCHEMA,
    ...(event.tenantId !== null && { tenantid: event.tenantId }),
    ...(event.subscriptionKey !== null && { subscriptionkey: event.subscriptionKey }),
    ...(event.changeType !== null && { changetype: event.changeType }),
    origin: event.origin,
    data: JSON.parse(event.data) as EventData,
  };
}

/** Zero-padded, so that it sorts as text. */
export function formatSequence(sequence: number): string {
  return String(sequence).padStart(16, '0');
}

/** Reads a sequence with or without its zeroes; null when it is none. */
export function parseSequence(text: string): number | null {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}

/** `Microsoft.Graph.MessageCreated`, as Graph names it when it delivers through Event Grid. */
export function eventType(kind: ResourceKind, changeType: ChangeType): string {
  return `Microsoft.Graph.${kind.noun}${changeType.charAt(0).toUpperCase()}${changeType.slice(1)}`;
}

export function eventSource(tenantId: string, subscriptionKey: string): string {
  return `/tenants/${tenantId}/subscriptions/${subscriptionKey}`;
}

/** Where an item came in: which row of the inbox, which post in it, which item of the post. */
export interface ItemAddress {
  row: number;
  post: number;
  item: number;
}

/**
 * The version that Graph named: the etag, else its sequenceNumber, else the notification's own id; null where it named none.
 */
export function versionOf(item: NotificationItem): string | null {
  const data = isObject(item.resourceData) ? item.resourceData : {};
  const etag = data['@odata.etag'];
  if (typeof etag === 'string' && etag !== '') return `etag:${etag}`;
  const sequenceNumber = data['sequenceNumber'];
  if (typeof sequenceNumber === 'number' || (typeof sequenceNumber === 'string' && sequenceNumber !== ''))
    return `sequence:${sequenceNumber}`;
  return typeof item.id === 'string' && item.id !== '' ? `id:${item.id}` : null;
}

/**
 * The event's id: the same for every delivery of the same version of the same thing to the same subscription of ours.
 * Where Graph names no version it is the item's place in the inbox: a retry of ours cannot double it, a retry of Graph's may.
 */
export function eventId(
  key: string,
  subject: string,
  changeType: ChangeType,
  version: string | null,
  address: ItemAddress,
): string {
  const parts =
    version === null
      ? ['inbox', String(address.row), String(address.post), String(address.item)]
      : [key, subject, changeType === 'deleted' ? 'deleted' : '', version];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
