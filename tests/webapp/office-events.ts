import { createHash } from 'node:crypto';
import { formatSequence, type CloudEvent } from '../../src/core/event.ts';
import type { Journey } from '../../src/http/schemas/events.ts';

/** Events as an office makes them, the same every time. */

export const TENANT = '8f3b1c52-6a0e-4d7e-9f41-2c5d80a7e613';
const KEYS = ['mail0anna0keller0contoso', 'cal00ops0team00contoso00', 'chat0project0north000000'] as const;
const PEOPLE = ['Anna Keller', 'Ravi Menon', 'Chloé Martin', 'Tom Okafor', 'Mei Tanaka', 'Jonas Lindqvist'];
const MAILS = [
  'Budget for the third quarter',
  'Minutes of Monday’s review',
  'Re: New badge readers on floor 4',
  'Offer from Lumen Print, valid until Friday',
  'Fwd: Customer visit from Lyon',
  'Parking during the works',
  'Your expense report was approved',
];
const MEETINGS = [
  'Planning, project North',
  'One-to-one',
  'Budget round',
  'Fire drill',
  'Interview: data engineer',
];
const CHATS = [
  '<p>The build is <b>green</b> again, thanks!</p>',
  '<p>Can you look at the Lyon slides &amp; comment?</p>',
  '<div>Lunch at 12?</div>',
];

type Draft = Pick<CloudEvent, 'type' | 'subject' | 'changetype' | 'data'> & { key: string };

/** The event with this sequence. @param timeMs when it was accepted */
export function officeEvent(sequence: number, timeMs: number): CloudEvent {
  const { key, ...draft } = draftOf(sequence, new Date(timeMs + 80).toISOString());
  return {
    specversion: '1.0',
    id: createHash('sha256').update(`office ${sequence}`).digest('base64url'),
    sequence: formatSequence(sequence),
    time: new Date(timeMs).toISOString(),
    source: `/tenants/${TENANT}/subscriptions/${key}`,
    datacontenttype: 'application/json',
    dataschema: 'urn:heliograph:schema:graph-change:1',
    tenantid: TENANT,
    subscriptionkey: key,
    origin: sequence % 23 === 0 ? 'catch-up' : 'notification',
    ...draft,
  };
}

export function journeyOf(event: CloudEvent): Journey {
  const at = Date.parse(event.time);
  const after = (ms: number): string => new Date(at + ms).toISOString();
  return {
    acceptedAt: event.time,
    verifiedAt: after(6),
    fetchedAt: event.data.fetchedAt ?? null,
    appendedAt: after(event.data.fetchedAt === undefined ? 9 : 92),
  };
}

function draftOf(n: number, fetchedAt: string): Draft {
  const id = createHash('sha256').update(`item ${n}`).digest('base64url');
  const who = pick(PEOPLE, n * 5);
  const user = 'users/5c1f0a3e-77d2-4b8f-b6a4-90d3c2e1f7aa';
  const mailId = `AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A${id}`;
  if (n % 9 === 4)
    return {
      key: KEYS[0],
      type: 'Microsoft.Graph.MessageDeleted',
      subject: `${user}/messages/${mailId}`,
      changetype: 'deleted',
      data: {
        reason: { code: 'deleted', message: 'The message was deleted, so there is nothing to fetch.' },
      },
    };
  if (n % 7 === 3) {
    const title = pick(MEETINGS, n);
    return {
      key: KEYS[1],
      type: 'Microsoft.Graph.EventUpdated',
      subject: `${user}/events/${mailId}`,
      changetype: 'updated',
      data: { resource: { subject: title, organizer: mailAddress(who), isAllDay: false }, fetchedAt },
    };
  }
  if (n % 5 === 2)
    return {
      key: KEYS[2],
      type: 'Microsoft.Graph.ChatMessageCreated',
      subject: `chats/19:${id.slice(0, 32)}@thread.v2/messages/17${n}5500${n}`,
      changetype: 'created',
      data: {
        resource: {
          from: { user: { displayName: who } },
          body: { contentType: 'html', content: pick(CHATS, n) },
        },
        fetchedAt,
      },
    };
  return {
    key: KEYS[0],
    type: `Microsoft.Graph.Message${n % 3 === 0 ? 'Updated' : 'Created'}`,
    subject: `${user}/messages/${mailId}`,
    changetype: n % 3 === 0 ? 'updated' : 'created',
    data: {
      resource: {
        '@odata.etag': `W/"CQAAABYAAAD${id.slice(0, 12)}"`,
        subject: pick(MAILS, n),
        from: mailAddress(who),
        receivedDateTime: fetchedAt,
        isRead: n % 3 === 0,
        importance: 'normal',
        hasAttachments: n % 4 === 0,
        bodyPreview: 'Please have a look before Thursday, the numbers for Lyon are still missing.',
      },
      resourceData: { '@odata.type': '#Microsoft.Graph.Message', id: mailId },
      fetchedAt,
    },
  };
}

function mailAddress(name: string) {
  const address = `${name.toLowerCase().replaceAll(' ', '.').replaceAll('é', 'e')}@contoso.com`;
  return { emailAddress: { name, address } };
}

function pick<Item>(items: readonly Item[], n: number): Item {
  const item = items[n % items.length];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
