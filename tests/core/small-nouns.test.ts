import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, HubError, messageOf, type ErrorCode } from '../../src/core/errors.ts';
import { CLOUD_ENDPOINTS, GRAPH_CLOUDS } from '../../src/core/graph-cloud.ts';
import { groupFlaw, groupsInClaims, subscriptionOfGroup } from '../../src/core/negotiated-token.ts';
import { printable } from '../../src/core/printable.ts';
import { ACCESS_ROLES, mayAct } from '../../src/core/role.ts';

describe('printable text', () => {
  it('has no control characters, is well-formed, and not longer than it may be', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 500 }),
        fc.integer({ min: 1, max: 400 }),
        (text, most) => {
          const shown = printable(text, most);
          expect(shown).not.toMatch(/\p{Cc}/u);
          expect(shown.length).toBeLessThanOrEqual(most);
          expect(shown.isWellFormed()).toBe(true);
        },
      ),
    );
  });

  it('leaves what is printable as it is', () => {
    expect(printable('Résumé “42” 😀')).toBe('Résumé “42” 😀');
    expect(printable('a'.repeat(300))).toBe('a'.repeat(300));
    expect(printable('a'.repeat(301))).toBe(`${'a'.repeat(299)}…`);
    expect(printable('a\0b\nc\u0085d')).toBe('a\uFFFDb\uFFFDc\uFFFDd');
  });
});

describe('roles', () => {
  it('may do what the ones before them may', () => {
    const allowed = ACCESS_ROLES.map((has) => ACCESS_ROLES.filter((needs) => mayAct(has, needs)));
    expect(allowed).toEqual([['viewer'], ['viewer', 'operator'], ['viewer', 'operator', 'admin']]);
  });
});

describe('a fault', () => {
  it('has the status of its code, keeps its cause, and says what else is known', () => {
    for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
      const error = new HubError(code, 'what to do');
      expect(error).toMatchObject({
        name: 'HubError',
        code,
        status: ERROR_CODES[code],
        flaws: [],
        extra: {},
      });
      expect('cause' in error).toBe(false);
    }
    const cause = new Error('why');
    const flaws = [{ path: '/a', message: 'is b' }];
    expect(new HubError('bad_request', 'x', { cause, flaws, extra: { a: 1 } })).toMatchObject({
      cause,
      flaws,
      extra: { a: 1 },
    });
  });

  it('is told in words, whatever was thrown', () => {
    expect([new Error('a'), 'b', undefined, null, 3].map(messageOf)).toEqual([
      'a',
      'b',
      'undefined',
      'null',
      '3',
    ]);
  });
});

describe('the clouds', () => {
  it.each(GRAPH_CLOUDS)('%s is reached over https alone', (cloud) => {
    for (const url of Object.values(CLOUD_ENDPOINTS[cloud])) expect(new URL(url).origin).toBe(url);
    for (const url of Object.values(CLOUD_ENDPOINTS[cloud])) expect(url).toMatch(/^https:/);
  });
});

describe('a negotiated token', () => {
  const owners = { tenants: ['t'], subscriptions: ['k'], userId: 'anna' };

  it('reads the groups of its claims, and nothing of other claims', () => {
    expect(groupsInClaims({ groups: ['tenant.t', 'user.a'] })).toEqual(['tenant.t', 'user.a']);
    for (const groups of [undefined, null, 'tenant.t', ['tenant.t', 'nonsense'], [5], { 0: 'tenant.t' }])
      expect(groupsInClaims({ groups })).toBeNull();
  });

  it.each(['tenant.t', 'tenant.t.type.Microsoft.Graph.MessageCreated', 'subscription.k', 'user.anna'])(
    'may be given for %s',
    (group) => {
      expect(groupFlaw(group, owners)).toBeNull();
    },
  );

  it.each([
    ['nonsense', 'is not a group: write tenant.{id}, tenant.{id}.type.{EventType} or subscription.{key}'],
    ['user.ben', 'is the group of another user: it has to be user.{userId} of the same request'],
    ['tenant.u', 'is of no tenant of this hub'],
    ['tenant.u.type.x', 'is of no tenant of this hub'],
    ['tenant.t.type.', 'does not name an event type'],
    ['tenant.t.type.a;b', 'does not name an event type'],
    [
      'tenant.t.type.MessageCreated',
      'names the type MessageCreated, which is not an event type: write it in full, such as Microsoft.Graph.MessageCreated',
    ],
    ['subscription.j', 'is of no subscription of this hub'],
  ])('is not given for %s: it %s', (group, flaw) => {
    expect(groupFlaw(group, owners)).toBe(flaw);
  });

  it('is not given for a user where the request names none', () => {
    expect(groupFlaw('user.undefined', { ...owners, userId: undefined })).not.toBeNull();
  });

  it('knows the subscription of a group', () => {
    expect([subscriptionOfGroup('subscription.k'), subscriptionOfGroup('tenant.t')]).toEqual(['k', null]);
  });
});
