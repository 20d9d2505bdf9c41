import { createHash } from 'node:crypto';
import type { SeededRandom } from './seeded-random.ts';

/*
 * What lies in the office: users, messages, events, contacts. One row a kind; later kinds (chats, drives, lists) are new rows
 * with a composer of their own.
 */

export type ItemKindName = 'user' | 'message' | 'event' | 'contact';

export interface ItemKind {
  /** As in a path one asks for, below `users/{user}`; null for the user itself. */
  segment: string | null;
  /** As Graph spells it in notifications. */
  spelling: string;
  odataType: string;
  /** Outlook items have two ids and can be watched by either. */
  outlook: boolean;
}

export const ITEM_KINDS: Readonly<Record<ItemKindName, ItemKind>> = {
  user: { segment: null, spelling: 'Users', odataType: '#Microsoft.Graph.User', outlook: false },
  message: {
    segment: 'messages',
    spelling: 'Messages',
    odataType: '#Microsoft.Graph.Message',
    outlook: true,
  },
  event: { segment: 'events', spelling: 'Events', odataType: '#Microsoft.Graph.Event', outlook: true },
  contact: {
    segment: 'contacts',
    spelling: 'Contacts',
    odataType: '#Microsoft.Graph.Contact',
    outlook: true,
  },
};

/** One thing in the office. `resource` is what Graph answers, without the id and the etag, which depend on who asks and when. */
export interface OfficeItem {
  kind: ItemKindName;
  /** The user whose mailbox it lies in; a user's own id for a user. */
  owner: string;
  /** Changes when the item moves. https://learn.microsoft.com/graph/outlook-immutable-id */
  id: string;
  immutableId: string;
  /** Id of the folder; empty for users. */
  folder: string;
  /** New with every version. */
  changeKey: string;
  resource: Readonly<Record<string, unknown>>;
}

/** One thing that happened to one item. For `deleted`, the item as it was last. */
export interface OfficeChange {
  changeType: 'created' | 'updated' | 'deleted';
  item: OfficeItem;
  /** Where it was before it moved. */
  movedFrom: { id: string; folder: string } | null;
}

export function etagOf(item: OfficeItem): string {
  return `W/"${item.changeKey}"`;
}

/** The item as Graph answers it. @param immutableIds whether the caller prefers immutable ids */
export function resourceOf(item: OfficeItem, immutableIds: boolean): Record<string, unknown> {
  const etag = ITEM_KINDS[item.kind].outlook ? { '@odata.etag': etagOf(item) } : {};
  const versioned = ITEM_KINDS[item.kind].outlook ? { changeKey: item.changeKey } : {};
  return { ...etag, id: immutableIds ? item.immutableId : item.id, ...versioned, ...item.resource };
}

export function newImmutableId(random: SeededRandom): string {
  return `AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A${random.bytes(27).toString('base64url')}`;
}

/** An ordinary id: it begins as every id of its mailbox does. */
export function newItemId(owner: string, random: SeededRandom): string {
  return `AAMk${mailboxPart(owner)}${random.bytes(24).toString('base64url')}AAA=`;
}

export function newChangeKey(random: SeededRandom): string {
  return `CQAAABYAAAB${random.bytes(15).toString('base64')}`;
}

const WELL_KNOWN_FOLDERS = ['inbox', 'sentitems', 'deleteditems', 'drafts', 'archive'] as const;
export type WellKnownFolder = (typeof WELL_KNOWN_FOLDERS)[number];

export function folderId(owner: string, folder: WellKnownFolder | 'calendar' | 'contacts'): string {
  const part = createHash('sha256').update(`${owner}/${folder}`).digest('base64url').slice(0, 32);
  return `AAMk${mailboxPart(owner)}${part}AAA=`;
}

/** A folder by its well-known name, in any case, or by its id. */
export function resolveFolder(owner: string, nameOrId: string): string {
  const known = WELL_KNOWN_FOLDERS.find((name) => name === nameOrId.toLowerCase());
  return known === undefined ? nameOrId : folderId(owner, known);
}

function mailboxPart(owner: string): string {
  return createHash('sha256').update(owner).digest('base64url').slice(0, 40);
}
