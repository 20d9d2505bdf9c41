import type { CloudEvent, LoggedEvent } from './event.ts';

/*
 * How events reach browsers: groups of Azure Web PubSub. A message is `{ "events": [ …, oldest first ] }` and at most
 * 256 KiB; an event too large for one goes without `data.resource`, and the client fetches it by its sequence.
 */

export const MAX_MESSAGE_BYTES = 256 * 1024;
/** Web PubSub's own bound on a group's name. */
const GROUP_PATTERN = /^(?:tenant|subscription|user)\.[\x21-\x7e]{1,512}$/;

export function isGroup(text: string): boolean {
  return GROUP_PATTERN.test(text);
}

/** The groups an event is sent to. */
export function groupsOf(event: Pick<LoggedEvent, 'tenantId' | 'type' | 'subscriptionKey'>): string[] {
  return [
    ...(event.tenantId === null
      ? []
      : [`tenant.${event.tenantId}`, `tenant.${event.tenantId}.type.${event.type}`]),
    ...(event.subscriptionKey === null ? [] : [`subscription.${event.subscriptionKey}`]),
  ];
}

/** What the members of a group may read: the same events the group is sent. An unknown kind of group reads nothing. */
export type GroupFilter =
  | { tenant: string }
  | { tenant: string; type: string }
  | { subscription: string }
  | { nothing: true };

export function filterOfGroup(group: string): GroupFilter {
  const [kind, ...rest] = group.split('.');
  const name = rest.join('.');
  if (kind === 'subscription') return { subscription: name };
  if (kind !== 'tenant') return { nothing: true };
  const at = name.indexOf('.type.');
  return at < 0 ? { tenant: name } : { tenant: name.slice(0, at), type: name.slice(at + '.type.'.length) };
}

/** The JSON texts of the messages that carry these events, in order, none larger than `maxBytes`. */
export function messagesFor(events: readonly CloudEvent[], maxBytes = MAX_MESSAGE_BYTES): string[] {
  const frame = Buffer.byteLength('{"events":[]}');
  const messages: string[] = [];
  let parts: string[] = [];
  let bytes = frame;
  for (const event of events) {
    let text = JSON.stringify(event);
    if (Buffer.byteLength(text) + frame > maxBytes) text = JSON.stringify(withoutResource(event));
    const size = Buffer.byteLength(text) + 1;
    if (bytes + size > maxBytes && parts.length > 0) {
      messages.push(`{"events":[${parts.join(',')}]}`);
      parts = [];
      bytes = frame;
    }
    parts.push(text);
    bytes += size;
  }
  if (parts.length > 0) messages.push(`{"events":[${parts.join(',')}]}`);
  return messages;
}

/** `resourceData` is Graph's and small; if even that is too large it goes too. */
function withoutResource(event: CloudEvent): CloudEvent {
  const { resource: _resource, ...data } = event.data;
  const slim = { ...event, data };
  if (Buffer.byteLength(JSON.stringify(slim)) <= MAX_MESSAGE_BYTES / 2) return slim;
  const { resourceData: _resourceData, ...rest } = data;
  return { ...event, data: rest };
}
