import type { EventData } from './event.ts';

/** What an event is about, for a line in the list. `known` is false where the words explain an absence. */
export interface About {
  text: string;
  known: boolean;
}

type Fields = Record<string, unknown>;

const ABSENCES: Record<string, string> = {
  deleted: 'Deleted, so there is nothing left to fetch',
  not_found: 'Gone before it could be fetched',
  forbidden: 'Graph does not allow reading it',
  unavailable: 'Graph gave no answer while fetching it',
  fetch_off: 'Not fetched: fetching is off for this subscription',
};

const TOO_LARGE = 'Too large for a live message, open it to read';

/**
 * One sentence on an event: what was fetched, by the properties Graph gives that kind of resource; else why nothing was.
 * An event that came with neither was too large for a message of Web PubSub.
 */
export function aboutOf(event: { type: string; data: EventData }): About {
  const { resource, reason } = event.data;
  if (isFields(resource)) return { text: sentenceOf(resource) ?? 'No title', known: true };
  if (reason !== undefined) return { text: ABSENCES[reason.code] ?? reason.message, known: false };
  const own = text((event.data as Fields)['message']);
  if (own !== null) return { text: own, known: true };
  return event.type.startsWith('heliograph.')
    ? { text: 'A notice of the hub', known: true }
    : { text: TOO_LARGE, known: false };
}

function sentenceOf(resource: Fields): string | null {
  const sender = person(resource['from']) ?? person(resource['sender']);
  const body = isFields(resource['body']) ? text(resource['body']['content']) : null;
  const subject = text(resource['subject']);
  if (subject !== null) {
    const organizer = person(resource['organizer']);
    if (sender !== null) return `${subject}, from ${sender}`;
    return organizer === null ? subject : `${subject}, by ${organizer}`;
  }
  const name = text(resource['displayName']) ?? text(resource['name']) ?? text(resource['title']);
  const role = text(resource['jobTitle']) ?? text(resource['mail']) ?? text(resource['description']);
  if (name !== null) return role === null ? name : `${name}, ${role}`;
  if (sender !== null) return body === null ? `From ${sender}` : `${sender}: ${plain(body)}`;
  return body === null ? null : plain(body);
}

/** Graph names people as `{ emailAddress: { name, address } }` in Outlook and `{ user: { displayName } }` in Teams. */
function person(value: unknown): string | null {
  if (!isFields(value)) return null;
  const { emailAddress, user, application } = value;
  if (isFields(emailAddress)) return text(emailAddress['name']) ?? text(emailAddress['address']);
  if (isFields(user)) return text(user['displayName']);
  return isFields(application) ? text(application['displayName']) : null;
}

/** The words of a message's HTML, for reading only: it is shown as text, never as markup. */
function plain(html: string): string {
  return html
    .slice(0, 2000)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
}

function text(value: unknown): string | null {
  const trimmed = typeof value === 'string' ? value.slice(0, 4000).trim() : '';
  return trimmed === '' ? null : trimmed;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
