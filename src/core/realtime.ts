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

/** A message: its JSON text, and the events it carries. */
export interface RealtimeMessage {
  text: string;
  events: CloudEvent[];
}

/** The messages that carry these events, in order, none larger than `maxBytes`. */
export function messagesFor(events: readonly CloudEvent[], maxBytes = MAX_MESSAGE_BYTES): RealtimeMessage[] {
  const frame = Buffer.byteLength('{"events":[]}');
  const messages: { parts: string[]; events: CloudEvent[] }[] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const event of events) {
    let text = JSON.stringify(event);
    if (Buffer.byteLength(text) + frame > maxBytes) text = JSON.stringify(withoutResource(event, maxBytes));
    const size = Buffer.byteLength(text) + 1;
    const last = messages.at(-1);
    if (last === undefined || bytes + size > maxBytes) {
      messages.push({ parts: [text], events: [event] });
      bytes = frame + size;
    } else {
      last.parts.push(text);
      last.events.push(event);
      bytes += size;
    }
  }
  return messages.map(({ parts, events: carried }) => ({
    text: `{"events":[${parts.join(',')}]}`,
    events: carried,
  }));
}

/** `resourceData` is Graph's and small; if even that is too large it goes too, and so does whatever else. */
function withoutResource(event: CloudEvent, maxBytes: number): CloudEvent {
  const { resource: _resource, ...data } = event.data;
  const slim = { ...event, data };
  if (Buffer.byteLength(JSON.stringify(slim)) <= maxBytes / 2) return slim;
  const { resourceData: _resourceData, ...rest } = data;
  const slimmer = { ...event, data: rest };
  return Buffer.byteLength(JSON.stringify(slimmer)) <= maxBytes / 2 ? slimmer : { ...event, data: {} };
}
