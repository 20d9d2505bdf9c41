import {
  folderId,
  newChangeKey,
  newImmutableId,
  newItemId,
  type OfficeItem,
  type WellKnownFolder,
} from './office-items.ts';
import { SLOTS, type MailPhrase } from './mail-phrases.ts';
import { COMPANY, type Correspondent, type OfficePerson } from './people.ts';
import type { SeededRandom } from './seeded-random.ts';

/*
 * Items as Graph answers them, with the properties a client sees without `$select`.
 * https://learn.microsoft.com/graph/api/resources/message, …/event, …/contact, …/user
 */

export interface Chance {
  random: SeededRandom;
  /** Milliseconds since 1970 in the office. */
  nowMs: number;
}

/** Fills the slots of a text, the same slot with the same word throughout one filler. */
export function slotFiller(random: SeededRandom): (text: string) => string {
  const words = new Map<string, string>();
  return (text) =>
    text.replaceAll(/\{(\w+)\}/g, (slot, name: string) => {
      const word = words.get(name) ?? random.pick(SLOTS[name] ?? [slot]);
      words.set(name, word);
      return word;
    });
}

export interface Draft {
  from: { name: string; address: string };
  to: OfficePerson;
  subject: string;
  paragraphs: readonly string[];
  conversationId?: unknown;
  importance?: MailPhrase['importance'];
  hasAttachments?: boolean;
}

export function composeMessage(chance: Chance, draft: Draft): OfficeItem {
  const { random, nowMs } = chance;
  const text = draft.paragraphs.join('\r\n\r\n');
  const sender = { emailAddress: { name: draft.from.name, address: draft.from.address } };
  const item = outlookItem(chance, { kind: 'message', owner: draft.to.id, folder: 'inbox' });
  return {
    ...item,
    resource: {
      ...item.resource,
      receivedDateTime: seconds(nowMs),
      sentDateTime: seconds(nowMs - 2000),
      hasAttachments: draft.hasAttachments ?? false,
      internetMessageId: `<${random.guid()}@${draft.from.address.split('@')[1] ?? COMPANY.domain}>`,
      subject: draft.subject,
      bodyPreview: text.slice(0, 255),
      importance: draft.importance ?? 'normal',
      parentFolderId: item.folder,
      conversationId: draft.conversationId ?? `AAQk${random.bytes(36).toString('base64url')}`,
      conversationIndex: random.bytes(22).toString('base64'),
      isDeliveryReceiptRequested: null,
      isReadReceiptRequested: false,
      isRead: false,
      isDraft: false,
      webLink: `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(item.id)}&exvsurl=1&viewmodel=ReadMessageItem`,
      inferenceClassification: 'focused',
      body: { contentType: 'html', content: html(draft.paragraphs) },
      sender,
      from: sender,
      toRecipients: [mailAddress(draft.to)],
      ccRecipients: [],
      bccRecipients: [],
      replyTo: [],
      flag: { flagStatus: 'notFlagged' },
    },
  };
}

export function composeEvent(
  chance: Chance,
  owner: OfficePerson,
  meeting: { subject: string; room: string; attendees: readonly OfficePerson[] },
): OfficeItem {
  const { random, nowMs } = chance;
  const startMs = Math.ceil(nowMs / 1_800_000) * 1_800_000 + random.between(2, 400) * 1_800_000;
  const item = outlookItem(chance, { kind: 'event', owner: owner.id, folder: 'calendar' });
  return {
    ...item,
    resource: {
      ...item.resource,
      originalStartTimeZone: 'GMT Standard Time',
      originalEndTimeZone: 'GMT Standard Time',
      iCalUId: random.bytes(28).toString('hex').toUpperCase(),
      reminderMinutesBeforeStart: 15,
      isReminderOn: true,
      hasAttachments: false,
      subject: meeting.subject,
      bodyPreview: '',
      importance: 'normal',
      sensitivity: 'normal',
      isAllDay: false,
      isCancelled: false,
      isOrganizer: true,
      showAs: 'busy',
      type: 'singleInstance',
      body: { contentType: 'html', content: '' },
      start: eventTime(startMs),
      end: eventTime(startMs + 3_600_000),
      location: { displayName: meeting.room, locationType: 'default' },
      attendees: meeting.attendees.map((person) => ({
        type: 'required',
        status: { response: 'none', time: '0001-01-01T00:00:00Z' },
        ...mailAddress(person),
      })),
      organizer: mailAddress(owner),
    },
  };
}

export function composeContact(chance: Chance, owner: OfficePerson, of: Correspondent): OfficeItem {
  const [givenName = '', ...rest] = of.displayName.split(' ');
  const item = outlookItem(chance, { kind: 'contact', owner: owner.id, folder: 'contacts' });
  return {
    ...item,
    resource: {
      ...item.resource,
      parentFolderId: item.folder,
      displayName: of.displayName,
      givenName,
      surname: rest.join(' '),
      companyName: of.company,
      emailAddresses: [{ name: of.displayName, address: of.address }],
      businessPhones: [`+44 117 496 0${chance.random.between(100, 999)}`],
    },
  };
}

export function composeUser(person: OfficePerson, random: SeededRandom): OfficeItem {
  const { id, extension, department, ...profile } = person;
  return {
    kind: 'user',
    owner: id,
    id,
    immutableId: id,
    folder: '',
    changeKey: newChangeKey(random),
    resource: {
      businessPhones: [`+44 117 496 ${extension}`],
      ...profile,
      department,
      mail: person.userPrincipalName,
      mobilePhone: null,
      preferredLanguage: 'en-GB',
      companyName: COMPANY.name,
      city: COMPANY.city,
      accountEnabled: true,
    },
  };
}

/** Whole seconds, as Outlook gives them. */
export function seconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function eventTime(ms: number): { dateTime: string; timeZone: string } {
  return { dateTime: `${new Date(ms).toISOString().slice(0, 19)}.0000000`, timeZone: 'UTC' };
}

interface Place {
  kind: 'message' | 'event' | 'contact';
  /** Whose mailbox. */
  owner: string;
  folder: WellKnownFolder | 'calendar' | 'contacts';
}

/** What every new item of a mailbox has; its resource begins with what they all begin with. */
function outlookItem({ random, nowMs }: Chance, { kind, owner, folder }: Place): OfficeItem {
  const at = seconds(nowMs);
  return {
    kind,
    owner,
    id: newItemId(owner, random),
    immutableId: newImmutableId(random),
    folder: folderId(owner, folder),
    changeKey: newChangeKey(random),
    resource: { createdDateTime: at, lastModifiedDateTime: at, categories: [] },
  };
}

function mailAddress(person: OfficePerson) {
  return { emailAddress: { name: person.displayName, address: person.userPrincipalName } };
}

function html(paragraphs: readonly string[]): string {
  const text = paragraphs.map(
    (paragraph) => `<p>${paragraph.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>`,
  );
  return `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>${text.join('')}</body></html>`;
}
