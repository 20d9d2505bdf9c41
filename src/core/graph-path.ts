/*
 * Paths as Graph writes them and as we write them. Graph is free with case and notation: `Users/1/Messages/2`,
 * `/users('1')/messages('2')`, `chats('a')/messages('b')`. We keep one spelling, the subject: relative, no leading slash,
 * ids as segments, names in Graph's camel case, ids verbatim.
 *
 * The grammar is strict on purpose: a subject is later asked for with the tenant's rights, so nothing that could climb,
 * leave the host or add a query is ever one.
 */

const MAX_PATH = 2048;
const MAX_SEGMENTS = 16;
/** One key in Graph's notation: `('…')`, a quote inside doubled. */
const QUOTED = /^([A-Za-z][A-Za-z0-9]*)\('((?:[^']|'')+)'\)$/;
const NAME = /^[A-Za-z][A-Za-z0-9]*$/;
/** Ids as Graph makes them: GUIDs, URL-safe base64 with padding, `b!…`, `19:…@thread.tacv2`, user principal names. */
const ID = /^[A-Za-z0-9!$+,\-.:;=@_~]{1,1024}$/;

/** What OData puts where an id stands and is none: `$count`, `$value`, `delta`. Asked for, it would answer something else. */
const RESERVED = /^(?:\$|\.{1,2}$|delta$|microsoft\.graph\.)/i;

/** Names whose spelling is not simply "first letter small". Keys are lower case. */
const SPELLINGS = new Map(
  [
    'users messages events contacts contactFolders mailFolders groups members owners conversations chats teams channels',
    'getAllMessages getAllChannels getAllMembers installedToChats teamsApps appCatalogs drive drives root items sites lists',
    'communications callRecords onlineMeetings recordings transcripts presences me calendar calendars',
  ]
    .join(' ')
    .split(' ')
    .map((name) => [name.toLowerCase(), name]),
);

/** Names that are followed by another name, not by an id. */
const SINGLETONS = new Set([
  'me',
  'drive',
  'root',
  'communications',
  'calendar',
  'appCatalogs',
  'getAllMessages',
  'getAllChannels',
  'getAllMembers',
  'installedToChats',
]);

/** @returns the subject, or null when the path is none of ours to ask for. */
export function canonicalPath(path: unknown): string | null {
  if (typeof path !== 'string' || path.length > MAX_PATH) return null;
  const segments: string[] = [];
  let idComesNext = false;
  for (const part of path.replace(/^\//, '').split('/')) {
    const quoted = idComesNext ? null : QUOTED.exec(part);
    const [name, id] = quoted ? [quoted[1], quoted[2]?.replaceAll("''", "'")] : [part, undefined];
    if (name === undefined) return null;
    if (idComesNext || id !== undefined) {
      if (id !== undefined && SINGLETONS.has(spell(name))) return null;
      const value = id ?? name;
      if (!ID.test(value) || RESERVED.test(value)) return null;
      if (id !== undefined) segments.push(spell(name));
      segments.push(value);
      idComesNext = false;
    } else {
      if (!NAME.test(name)) return null;
      const spelled = spell(name);
      segments.push(spelled);
      idComesNext = !SINGLETONS.has(spelled);
    }
  }
  return segments.length <= MAX_SEGMENTS ? segments.join('/') : null;
}

function spell(name: string): string {
  return SPELLINGS.get(name.toLowerCase()) ?? name.charAt(0).toLowerCase() + name.slice(1);
}

/**
 * Matches a canonical path against a template such as `users/{user}/messages/{id}`.
 * @returns the variables by name, or null.
 */
export function matchPath(template: string, path: string): Record<string, string> | null {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const variables: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith('{')) variables[part.slice(1, -1)] = value;
    else if (part !== value) return null;
  }
  return variables;
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isGuid(text: string): boolean {
  return GUID.test(text);
}
