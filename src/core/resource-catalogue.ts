import { canonicalPath, isGuid, matchPath } from './graph-path.ts';

/*
 * What can be watched, one row a kind of resource: the paths one subscribes to, the subjects its notifications name,
 * and Graph's rules for it. Lifetimes: https://learn.microsoft.com/graph/api/resources/subscription#subscription-lifetime
 */

export const CHANGE_TYPES = ['created', 'updated', 'deleted'] as const;
export type ChangeType = (typeof CHANGE_TYPES)[number];

export interface ResourceKind {
  /** Graph's name for one of them, as in `#Microsoft.Graph.message`. */
  name: string;
  /** The noun of the event type, as in `Microsoft.Graph.MessageCreated`. */
  noun: string;
  /** Paths one can subscribe to, canonical, variables in braces. */
  subscribe: readonly string[];
  /** Subjects its notifications name. A variable that the subscribed path has too must have the same value there. */
  subjects: readonly string[];
  changeTypes: readonly ChangeType[];
  /** Graph's longest lifetime of a subscription without resource data, in minutes. */
  maxLifetimeMinutes: number;
  /** Outlook: ids change when an item moves, unless asked for as immutable. */
  immutableIds: boolean;
  /** The variable that names the mailbox: Outlook answers at most 4 requests at once for one. */
  mailbox: string | null;
  /** The least application permission that may read it. */
  permission: string;
  /** Paths of it that somebody could mean, for messages and help. */
  example: string;
}

const OUTLOOK = {
  changeTypes: CHANGE_TYPES,
  maxLifetimeMinutes: 10_080,
  immutableIds: true,
  mailbox: 'user',
};
const DIRECTORY = {
  changeTypes: ['updated', 'deleted'],
  maxLifetimeMinutes: 41_760,
  immutableIds: false,
  mailbox: null,
} as const;
const TEAMS = {
  changeTypes: CHANGE_TYPES,
  maxLifetimeMinutes: 4_320,
  immutableIds: false,
  mailbox: null,
};

export const RESOURCE_KINDS: readonly ResourceKind[] = [
  {
    ...OUTLOOK,
    name: 'message',
    noun: 'Message',
    subscribe: ['users/{user}/messages', 'users/{user}/mailFolders/{folder}/messages'],
    subjects: ['users/{user}/messages/{id}'],
    permission: 'Mail.Read',
    example: 'users/{id}/messages',
  },
  {
    ...OUTLOOK,
    name: 'event',
    noun: 'Event',
    subscribe: ['users/{user}/events'],
    subjects: ['users/{user}/events/{id}'],
    permission: 'Calendars.Read',
    example: 'users/{id}/events',
  },
  {
    ...OUTLOOK,
    name: 'contact',
    noun: 'Contact',
    subscribe: ['users/{user}/contacts', 'users/{user}/contactFolders/{folder}/contacts'],
    subjects: ['users/{user}/contacts/{id}'],
    permission: 'Contacts.Read',
    example: 'users/{id}/contacts',
  },
  {
    ...DIRECTORY,
    name: 'user',
    noun: 'User',
    subscribe: ['users', 'users/{user}'],
    subjects: ['users/{user}'],
    permission: 'User.Read.All',
    example: 'users',
  },
  {
    ...DIRECTORY,
    name: 'group',
    noun: 'Group',
    subscribe: ['groups', 'groups/{group}'],
    subjects: ['groups/{group}'],
    permission: 'Group.Read.All',
    example: 'groups',
  },
  {
    ...TEAMS,
    name: 'chatMessage',
    noun: 'ChatMessage',
    subscribe: ['chats/getAllMessages', 'chats/{chat}/messages'],
    subjects: ['chats/{chat}/messages/{id}'],
    permission: 'Chat.Read.All',
    example: 'chats/{id}/messages',
  },
  {
    ...TEAMS,
    name: 'chatMessage',
    noun: 'ChatMessage',
    subscribe: ['teams/getAllMessages', 'teams/{team}/channels/{channel}/messages'],
    subjects: [
      'teams/{team}/channels/{channel}/messages/{id}',
      'teams/{team}/channels/{channel}/messages/{root}/replies/{id}',
    ],
    permission: 'ChannelMessage.Read.All',
    example: 'teams/{id}/channels/{id}/messages',
  },
];

/** Something one can subscribe to: its canonical path, its kind, the variables of the path. */
export interface WatchedResource {
  path: string;
  kind: ResourceKind;
  variables: Readonly<Record<string, string>>;
}

/** Paths looked up before: the worker asks for the same few with every notification. Bounded, because requests bring paths too. */
const lookedUp = new Map<string, WatchedResource | null>();
const MAX_LOOKED_UP = 10_000;

/** @returns null when the path is malformed or no kind in the catalogue is subscribed to by it. */
export function watchedResource(resource: string): WatchedResource | null {
  const known = lookedUp.get(resource);
  if (known !== undefined) return known;
  const found = lookUp(resource);
  if (lookedUp.size >= MAX_LOOKED_UP) lookedUp.clear();
  lookedUp.set(resource, found);
  return found;
}

function lookUp(resource: string): WatchedResource | null {
  const path = canonicalPath(resource);
  if (path === null) return null;
  for (const kind of RESOURCE_KINDS) {
    for (const template of kind.subscribe) {
      const variables = matchPath(template, path);
      if (variables !== null) return { path, kind, variables };
    }
  }
  return null;
}

/** Whether a notification about `subject` can come from a subscription to `watched`. */
export function liesInside(watched: WatchedResource, subject: string): boolean {
  return watched.kind.subjects.some((template) => {
    const variables = matchPath(template, subject);
    return (
      variables !== null &&
      Object.entries(watched.variables).every(
        ([name, value]) => !(name in variables) || sameId(variables[name] ?? '', value),
      )
    );
  });
}

/** GUIDs are one id in any case; every other id is what it is to the letter. */
function sameId(a: string, b: string): boolean {
  return a === b || (isGuid(a) && isGuid(b) && a.toLowerCase() === b.toLowerCase());
}

/** The mailbox a subject lies in, or null where there is none. */
export function mailboxOf(kind: ResourceKind, subject: string): string | null {
  if (kind.mailbox === null) return null;
  for (const template of kind.subjects) {
    const mailbox = matchPath(template, subject)?.[kind.mailbox];
    if (mailbox !== undefined) return mailbox;
  }
  return null;
}
