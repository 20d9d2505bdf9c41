import { canonicalPath, matchPath } from '../../core/graph-path.ts';
import type { ItemKindName } from './office-items.ts';

/*
 * What Graph lets one subscribe to, and on what terms: its own table, not the hub's, so that a slip in one shows against the
 * other. Lifetimes: https://learn.microsoft.com/graph/api/resources/subscription#subscription-lifetime
 * `kind` is what lies in this office; where it is null a subscription is accepted and never told of anything.
 */

interface WatchTerms {
  paths: readonly string[];
  changeTypes: readonly string[];
  maxMinutes: number;
  /** Teams: a lifecycle URL is required beyond an hour. */
  lifecycleUrlRequired: boolean;
  kind: ItemKindName | null;
}

const ALL = ['created', 'updated', 'deleted'];
const DAY = 1440;
const OUTLOOK = { changeTypes: ALL, maxMinutes: 7 * DAY, lifecycleUrlRequired: false };
const TEAMS = { changeTypes: ALL, maxMinutes: 3 * DAY, lifecycleUrlRequired: true, kind: null };
const DIRECTORY = { changeTypes: ['updated', 'deleted'], maxMinutes: 29 * DAY, lifecycleUrlRequired: false };
const FILES = { changeTypes: ['updated'], maxMinutes: 42_300, lifecycleUrlRequired: false, kind: null };

const WATCHABLE: readonly WatchTerms[] = [
  {
    ...OUTLOOK,
    kind: 'message',
    paths: ['users/{user}/messages', 'users/{user}/mailFolders/{folder}/messages'],
  },
  { ...OUTLOOK, kind: 'event', paths: ['users/{user}/events'] },
  {
    ...OUTLOOK,
    kind: 'contact',
    paths: ['users/{user}/contacts', 'users/{user}/contactFolders/{folder}/contacts'],
  },
  { ...DIRECTORY, kind: 'user', paths: ['users', 'users/{user}'] },
  { ...DIRECTORY, kind: null, paths: ['groups', 'groups/{group}'] },
  { ...FILES, paths: ['users/{user}/drive/root', 'drives/{drive}/root', 'sites/{site}/lists/{list}'] },
  {
    ...TEAMS,
    paths: [
      'teams/getAllMessages',
      'chats/getAllMessages',
      'chats/{chat}/messages',
      'teams/{team}/channels/{channel}/messages',
      'chats',
      'chats/{chat}',
      'teams',
      'teams/{team}',
      'teams/getAllChannels',
      'teams/{team}/channels',
      'teams/{team}/members',
      'chats/{chat}/members',
    ],
  },
];

export interface Watchable {
  terms: WatchTerms;
  /** Canonical, as asked for. */
  path: string;
  /** As asked for: an id or a user principal name; null for a whole collection. */
  user: string | null;
  folder: string | null;
}

/** Null for what cannot be subscribed to. */
export function watchable(resource: string): Watchable | null {
  const path = canonicalPath(resource);
  if (path === null) return null;
  for (const terms of WATCHABLE)
    for (const template of terms.paths) {
      const variables = matchPath(template, path);
      if (variables !== null)
        return { terms, path, user: variables['user'] ?? null, folder: variables['folder'] ?? null };
    }
  return null;
}
