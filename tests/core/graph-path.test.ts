import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalPath, isGuid, matchPath } from '../../src/core/graph-path.ts';

const GUID = '622eaaff-0683-4862-9de4-f2ec83c2bd98';

/** Bits that real and hostile paths are made of. */
const NAMES = 'users Users messages me drive root chats getAllMessages delta $value $count'.split(' ');
const SIGNS = "/ // \\ . .. ? # %2f %2F %2e %00 (' ') '' ( ) $ @ : * ; & b!x AAMk=".split(' ');
const ODD = ['\0', '\n', '\r', '\t', ' ', '\u00e9', '\u202e', '\ud800', '\u{1f600}', GUID];
const piece = fc.oneof(
  fc.constantFrom(...NAMES, ...SIGNS, ...ODD),
  fc.string({ maxLength: 4 }),
  fc.string({ maxLength: 4, unit: 'binary' }),
);
const anyPath = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));

describe('a canonical path', () => {
  it.each([
    ['users/1/messages/2', 'users/1/messages/2'],
    ['/users/1/messages/2', 'users/1/messages/2'],
    ['Users/1/Messages/2', 'users/1/messages/2'],
    ['USERS/1/MESSAGES/2', 'users/1/messages/2'],
    ["users('1')/messages('2')", 'users/1/messages/2'],
    ["chats('19:a@thread.v2')/messages('1')", 'chats/19:a@thread.v2/messages/1'],
    [
      "Teams('t')/Channels('19:c@thread.tacv2')/Messages('1')/Replies('2')",
      'teams/t/channels/19:c@thread.tacv2/messages/1/replies/2',
    ],
    [
      `users/${GUID.toUpperCase()}/MailFolders/AQ=/Messages`,
      `users/${GUID.toUpperCase()}/mailFolders/AQ=/messages`,
    ],
    ["users/1/mailfolders('AQMk-_=')/messages", 'users/1/mailFolders/AQMk-_=/messages'],
    ['chats/getAllMessages', 'chats/getAllMessages'],
    ['me/messages', 'me/messages'],
    ['drives/b!aZ/root', 'drives/b!aZ/root'],
    ['communications/callRecords/1', 'communications/callRecords/1'],
    ['communications/CALLRECORDS/1', 'communications/callRecords/1'],
    ['SomethingNew/1', 'somethingNew/1'],
    ['users', 'users'],
    ['users/anna@contoso.example', 'users/anna@contoso.example'],
  ])('of %s is %s', (path, canonical) => {
    expect(canonicalPath(path)).toBe(canonical);
  });

  it.each([
    '',
    '/',
    '//users/1',
    'users//messages',
    'users/',
    'users/1/',
    'users/..',
    'users/./messages',
    'users/../groups/1',
    'users/1/messages?$select=subject',
    'users/1/messages#top',
    'users/1%2fmessages',
    'users/1/messages%2f2',
    'users\\1',
    'users/1\\messages',
    'https://graph.microsoft.com/v1.0/users/1',
    '//evil.example/users/1',
    'users/1\n/messages',
    'users/\u0000',
    'users/\u00e9ric',
    'users/a b',
    "users('')",
    "users('a'/messages",
    "users('../groups')",
    "users('a/b')/messages",
    "users('o''brien')",
    "users/abc('x')",
    "users('1')('2')",
    '1/users',
    'users/$count',
    'users/$ref',
    'users/1/messages/$value',
    'users/delta',
    'users/1/messages/Delta',
    'users/microsoft.graph.delta',
    "me('x')/messages",
    "drive('X')/items/1",
    'users/1/me/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g',
    `users/${'a'.repeat(1025)}`,
    `users/${'a/b/'.repeat(600)}`,
  ])('is not made of %j', (path) => {
    expect(canonicalPath(path)).toBeNull();
  });

  it('is not made of anything that is no text', () => {
    fc.assert(
      fc.property(
        fc.anything().filter((value) => typeof value !== 'string'),
        (value) => {
          expect(canonicalPath(value)).toBeNull();
        },
      ),
    );
  });

  it('never climbs, leaves the host, asks a question or carries anything but plain characters', () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        const canonical = canonicalPath(path);
        if (canonical === null) return;
        expect(canonical).toMatch(/^[A-Za-z0-9!$+,\-./:;=@_~]+$/);
        const segments = canonical.split('/');
        for (const segment of segments) expect(['', '.', '..']).not.toContain(segment);
        const url = new URL(`https://graph.microsoft.com/v1.0/${canonical}`);
        expect(url.href).toBe(`https://graph.microsoft.com/v1.0/${canonical}`);
        expect(url.search + url.hash).toBe('');
      }),
      { numRuns: 20_000 },
    );
  });

  it('of a canonical path is that path', () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        const canonical = canonicalPath(path);
        expect(canonical === null ? null : canonicalPath(canonical)).toBe(canonical);
      }),
      { numRuns: 20_000 },
    );
  });

  it('is the same for keys in quotes and keys as segments, in any case of the names', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9!:=@_~-]{1,30}$/).filter((text) => !/^delta$/i.test(text));
    const spelling = fc.constantFrom('users', 'Users', 'USERS', 'uSeRs');
    fc.assert(
      fc.property(spelling, id, id, (users, user, message) => {
        const canonical = `users/${user}/messages/${message}`;
        expect(canonicalPath(`${users}/${user}/Messages/${message}`)).toBe(canonical);
        expect(canonicalPath(`/${users}('${user}')/messages('${message}')`)).toBe(canonical);
      }),
    );
  });
});

describe('a template', () => {
  it('gives the variables of a path that matches it', () => {
    expect(matchPath('users/{user}/messages/{id}', 'users/u/messages/m')).toEqual({ user: 'u', id: 'm' });
    expect(matchPath('chats/getAllMessages', 'chats/getAllMessages')).toEqual({});
  });

  it.each(['users/u/events/m', 'users/u/messages', 'users/u/messages/m/attachments', 'groups/u/messages/m'])(
    'is not matched by %s',
    (path) => {
      expect(matchPath('users/{user}/messages/{id}', path)).toBeNull();
    },
  );
});

describe('a GUID', () => {
  it('is one in any case', () => {
    expect(isGuid(GUID)).toBe(true);
    expect(isGuid(GUID.toUpperCase())).toBe(true);
  });

  it.each(['', GUID.slice(1), `${GUID}0`, `{${GUID}}`, `${GUID}\n`, GUID.replace('6', 'g')])(
    'is not %j',
    (text) => {
      expect(isGuid(text)).toBe(false);
    },
  );
});
