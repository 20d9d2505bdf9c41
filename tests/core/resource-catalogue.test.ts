import { describe, expect, it } from 'vitest';
import {
  CHANGE_TYPES,
  liesInside,
  mailboxOf,
  RESOURCE_KINDS,
  watchedResource,
  type WatchedResource,
} from '../../src/core/resource-catalogue.ts';

const ANNA = '622eaaff-0683-4862-9de4-f2ec83c2bd98';
const BEN = '0d4c6a1e-95f2-4f0b-9c39-6f7f1b5f7a10';

function watched(resource: string): WatchedResource {
  const found = watchedResource(resource);
  if (found === null) throw new Error(`${resource} is not watchable`);
  return found;
}

describe('the catalogue', () => {
  it.each(RESOURCE_KINDS)('knows $example ($noun) as something to watch', (kind) => {
    expect(watchedResource(kind.example.replaceAll('{id}', ANNA))?.kind).toBe(kind);
  });

  it.each(RESOURCE_KINDS)('has paths of $noun that lead to its own subjects', (kind) => {
    for (const template of kind.subscribe) {
      const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => `${name}-1`);
      const found = watched(path);
      expect(found.kind).toBe(kind);
      expect(found.path).toBe(path);
      for (const subject of kind.subjects)
        expect(
          liesInside(
            found,
            subject.replaceAll(/\{(\w+)\}/g, (_, name: string) => `${name}-1`),
          ),
        ).toBe(true);
    }
  });

  it.each(RESOURCE_KINDS)('has rules for $noun that can be kept', (kind) => {
    expect(kind.changeTypes.length).toBeGreaterThan(0);
    for (const each of kind.changeTypes) expect(CHANGE_TYPES).toContain(each);
    expect(kind.maxLifetimeMinutes).toBeGreaterThan(50);
    expect(kind.permission).toMatch(/^[A-Za-z]+\.Read(?:\.All)?$/);
  });

  it('finds what is watched whatever way its path is written', () => {
    for (const path of ['/Users/u/Messages', "users('u')/messages", 'USERS/u/MESSAGES'])
      expect(watchedResource(path)?.path).toBe('users/u/messages');
  });

  it.each([
    'me/messages',
    'users/u',
    'sites/s/lists/l',
    'users/u/messages/m',
    'users/u/messages?$filter=x',
    '',
    '..',
  ])('tells whether %j can be watched', (path) => {
    expect(watchedResource(path)?.path ?? null).toBe(path === 'users/u' ? path : null);
  });

  it('keeps the variables of the path', () => {
    expect(watched(`users/${ANNA}/mailFolders/inbox/messages`).variables).toEqual({
      user: ANNA,
      folder: 'inbox',
    });
    expect(watched('users').variables).toEqual({});
  });
});

describe('a subject lies inside what is watched', () => {
  it.each([
    [`users/${ANNA}/messages`, `users/${ANNA}/messages/m`, true],
    [`users/${ANNA}/messages`, `users/${ANNA.toUpperCase()}/messages/m`, true],
    [`users/${ANNA}/messages`, `users/${BEN}/messages/m`, false],
    [`users/${ANNA}/messages`, `users/${ANNA}/events/e`, false],
    [`users/${ANNA}/messages`, `users/${ANNA}/messages`, false],
    [`users/${ANNA}/messages`, `users/${ANNA}`, false],
    [`users/${ANNA}/messages`, `users/${ANNA}/messages/m/attachments/a`, false],
    [`users/${ANNA}/mailFolders/inbox/messages`, `users/${ANNA}/messages/m`, true],
    [`users/${ANNA}/mailFolders/inbox/messages`, `users/${BEN}/messages/m`, false],
    [`users/${ANNA}/contactFolders/f/contacts`, `users/${ANNA}/contacts/c`, true],
    ['users/anna@contoso.example/messages', 'users/Anna@contoso.example/messages/m', false],
    ['users', `users/${BEN}`, true],
    [`users/${ANNA}`, `users/${BEN}`, false],
    [`users/${ANNA}`, `users/${ANNA.toUpperCase()}`, true],
    ['groups', 'groups/g', true],
    ['groups', 'users/g', false],
    ['chats/getAllMessages', 'chats/c/messages/m', true],
    ['chats/c/messages', 'chats/c/messages/m', true],
    ['chats/c/messages', 'chats/C/messages/m', false],
    ['chats/c/messages', 'teams/t/channels/c/messages/m', false],
    ['teams/getAllMessages', 'teams/t/channels/c/messages/m/replies/r', true],
    ['teams/t/channels/c/messages', 'teams/t/channels/c/messages/m', true],
    ['teams/t/channels/c/messages', 'teams/t/channels/other/messages/m', false],
  ])('watching %s, %s: %s', (resource, subject, inside) => {
    expect(liesInside(watched(resource), subject)).toBe(inside);
  });
});

describe('the mailbox of a subject', () => {
  it('is its user, for Outlook', () => {
    expect(mailboxOf(watched('users/u/messages').kind, 'users/u/messages/m')).toBe('u');
    expect(mailboxOf(watched('users/u/events').kind, 'users/u/events/m')).toBe('u');
  });

  it('is none elsewhere, and none for a subject of another kind', () => {
    expect(mailboxOf(watched('users').kind, 'users/u')).toBeNull();
    expect(mailboxOf(watched('chats/c/messages').kind, 'chats/c/messages/m')).toBeNull();
    expect(mailboxOf(watched('users/u/messages').kind, 'groups/g')).toBeNull();
  });
});
