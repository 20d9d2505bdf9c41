import {
  composeContact,
  composeEvent,
  composeMessage,
  eventTime,
  seconds,
  slotFiller,
  type Chance,
} from './compose-items.ts';
import { CATEGORIES, MAIL_PHRASES, MEETINGS, REPLY_PHRASES } from './mail-phrases.ts';
import { folderId, newChangeKey, newItemId, type OfficeChange, type OfficeItem } from './office-items.ts';
import type { OfficeStore } from './office-store.ts';
import { CORRESPONDENTS, PEOPLE, type OfficePerson } from './people.ts';

/*
 * What people in the office do, one row an act. Each changes one item in the mailbox of `person`; null says that there is
 * nothing it could be done to.
 */

export interface Scene extends Chance {
  store: OfficeStore;
  person: OfficePerson;
  /** The subject asked for, for what gets a subject. */
  subject: string | null;
}

export const CHANGE_KINDS = [
  'mail',
  'reply',
  'read',
  'flag',
  'categorise',
  'move',
  'delete',
  'meeting',
  'reschedule',
  'contact',
  'profile',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export const ACTS: Readonly<Record<ChangeKind, { weight: number; act(scene: Scene): OfficeChange | null }>> =
  {
    mail: { weight: 40, act: receiveMail },
    reply: { weight: 16, act: receiveReply },
    read: { weight: 18, act: readMail },
    flag: { weight: 4, act: flagMail },
    categorise: { weight: 3, act: categoriseMail },
    move: { weight: 7, act: moveToDeleted },
    delete: { weight: 2, act: deleteForGood },
    meeting: { weight: 4, act: planMeeting },
    reschedule: { weight: 3, act: rescheduleMeeting },
    contact: { weight: 1, act: addContact },
    profile: { weight: 2, act: changeRoom },
  };

/** How far back people reach into their mailbox. */
const RECENT = 40;

function receiveMail(scene: Scene): OfficeChange {
  const { random, person, subject } = scene;
  const phrase = random.pick(MAIL_PHRASES);
  const fill = slotFiller(random);
  const from =
    phrase.from === 'outside'
      ? random.pick(CORRESPONDENTS)
      : colleague(random.pick(PEOPLE.filter((other) => other !== person)));
  const item = composeMessage(scene, {
    from: { name: from.displayName, address: from.address },
    to: person,
    subject: subject ?? fill(phrase.subject),
    paragraphs: [`Hello ${person.givenName},`, ...phrase.body.map(fill), `Regards, ${from.displayName}`],
    importance: phrase.importance,
    hasAttachments: phrase.hasAttachments ?? false,
  });
  return { changeType: 'created', item, movedFrom: null };
}

function receiveReply(scene: Scene): OfficeChange | null {
  const { random, person, subject } = scene;
  const original = recent(scene, 'message').at(-1 - random.between(0, 5));
  if (original === undefined) return null;
  const { emailAddress } = original.resource['from'] as { emailAddress: { name: string; address: string } };
  const before = String(original.resource['subject']).replace(/^(?:RE: )+/, '');
  const item = composeMessage(scene, {
    from: emailAddress,
    to: person,
    subject: subject ?? `RE: ${before}`,
    paragraphs: [slotFiller(random)(random.pick(REPLY_PHRASES)), emailAddress.name],
    conversationId: original.resource['conversationId'],
  });
  return { changeType: 'created', item, movedFrom: null };
}

function readMail(scene: Scene): OfficeChange | null {
  const unread = recent(scene, 'message').filter((item) => item.resource['isRead'] === false);
  return unread.length === 0 ? null : updated(scene, scene.random.pick(unread), { isRead: true });
}

function flagMail(scene: Scene): OfficeChange | null {
  const open = recent(scene, 'message').filter(
    (item) => (item.resource['flag'] as { flagStatus: string }).flagStatus === 'notFlagged',
  );
  return open.length === 0
    ? null
    : updated(scene, scene.random.pick(open), { flag: { flagStatus: 'flagged' } });
}

function categoriseMail(scene: Scene): OfficeChange | null {
  const messages = recent(scene, 'message');
  if (messages.length === 0) return null;
  return updated(scene, scene.random.pick(messages), { categories: [scene.random.pick(CATEGORIES)] });
}

function moveToDeleted(scene: Scene): OfficeChange | null {
  const folder = folderId(scene.person.id, 'deleteditems');
  const kept = recent(scene, 'message').filter((item) => item.folder !== folder);
  if (kept.length === 0) return null;
  const before = scene.random.pick(kept);
  const { item } = updated(scene, before, { parentFolderId: folder });
  const id = newItemId(scene.person.id, scene.random);
  return {
    changeType: 'updated',
    item: { ...item, id, folder },
    movedFrom: { id: before.id, folder: before.folder },
  };
}

function deleteForGood(scene: Scene): OfficeChange | null {
  const messages = recent(scene, 'message');
  if (messages.length === 0) return null;
  return { changeType: 'deleted', item: scene.random.pick(messages), movedFrom: null };
}

function planMeeting(scene: Scene): OfficeChange {
  const { random, person, subject } = scene;
  const fill = slotFiller(random);
  const others = PEOPLE.filter((other) => other !== person);
  const item = composeEvent(scene, person, {
    subject: subject ?? fill(random.pick(MEETINGS)),
    room: fill('{room}'),
    attendees: [random.pick(others), random.pick(others)],
  });
  return { changeType: 'created', item, movedFrom: null };
}

function rescheduleMeeting(scene: Scene): OfficeChange | null {
  const events = recent(scene, 'event');
  if (events.length === 0) return null;
  const event = scene.random.pick(events);
  const { dateTime } = event.resource['start'] as { dateTime: string };
  const startMs = Date.parse(`${dateTime}Z`) + scene.random.between(1, 6) * 1_800_000;
  return updated(scene, event, { start: eventTime(startMs), end: eventTime(startMs + 3_600_000) });
}

function addContact(scene: Scene): OfficeChange {
  const item = composeContact(scene, scene.person, scene.random.pick(CORRESPONDENTS));
  return { changeType: 'created', item, movedFrom: null };
}

function changeRoom(scene: Scene): OfficeChange | null {
  const user = scene.store.findItem('user', scene.person.id, scene.person.id);
  if (user === null) return null;
  const officeLocation = `${scene.random.between(0, 3)}.${String(scene.random.between(1, 20)).padStart(2, '0')}`;
  return updated(scene, user, { officeLocation });
}

function updated(scene: Scene, item: OfficeItem, changes: Record<string, unknown>): OfficeChange {
  const modified = item.kind === 'user' ? {} : { lastModifiedDateTime: seconds(scene.nowMs) };
  return {
    changeType: 'updated',
    item: {
      ...item,
      changeKey: newChangeKey(scene.random),
      resource: { ...item.resource, ...modified, ...changes },
    },
    movedFrom: null,
  };
}

function recent(scene: Scene, kind: 'message' | 'event'): OfficeItem[] {
  return scene.store.items(kind, scene.person.id).slice(-RECENT);
}

function colleague(person: OfficePerson): { displayName: string; address: string } {
  return { displayName: person.displayName, address: person.userPrincipalName };
}
