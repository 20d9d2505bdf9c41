import { odata } from '@azure/web-pubsub';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFilter, type FilterSubject } from '../../../src/local/web-pubsub-server/filter.ts';

const subject: FilterSubject = { id: 'c1', userId: 'ada', groups: new Set(['g', "it's"]) };

function matches(text: string, of: FilterSubject = subject): boolean {
  const check = parseFilter(text);
  if (check.status !== 'filter') throw new Error(check.message);
  return check.filter(of);
}

test.each([
  ["userId eq 'ada'", true],
  ["userId eq 'Ada'", false],
  ["USERID ne 'bob'", true],
  ['userId eq null', false],
  ["connectionId eq 'c1'", true],
  ["'g' in groups", true],
  ["'h' in groups", false],
  ["'it''s' in groups", true],
  ["userId in ('bob', 'ada')", true],
  ["userId in ('bob', null)", false],
  ["not('g' in groups)", false],
  ["not (userId eq 'bob')", true],
  ['not not true', true],
  ["userId eq 'bob' and false or true", true],
  ["userId eq 'bob' and (false or true)", false],
  ["true or 'g' in groups and false", true],
  ["'ada' eq userId", true],
  ["(((userId eq 'ada')))", true],
])('%s is %s', (text, expected) => {
  expect(matches(text)).toBe(expected);
});

test('a connection without a user has a null userId', () => {
  expect(matches('userId eq null', { ...subject, userId: null })).toBe(true);
});

describe.each([
  "not userId eq 'a'",
  "startswith(userId, 'a')",
  'length(userId) gt 3',
  'userId',
  "userId eq 'a",
  "userId eq 'a' and",
  "(userId eq 'a'",
  "userId eq 'a')",
  "userId = 'a'",
  "groups eq 'a'",
  'true true',
  'userId in ()',
  `${'('.repeat(100)}true${')'.repeat(100)}`,
  `${'not '.repeat(100)}true`,
  'true or '.repeat(2000),
])('%s', (text) => {
  test('is refused in words', () => {
    expect(parseFilter(text)).toEqual({
      status: 'malformed',
      message: expect.stringMatching(/^The filter .+\.$/),
    });
  });
});

/** A filter as text together with what it means, written with more or fewer parentheses and spaces. */
interface Case {
  text: string;
  means: (of: FilterSubject) => boolean;
}

const word = fc.constantFrom('ada', 'bob', "o'neil", '', 'g', 'h', 'and', '(', 'null');
const literal = fc.oneof(
  fc.boolean().map((value): Case => ({ text: String(value), means: () => value })),
  fc.tuple(word, fc.constantFrom('eq', 'ne')).map(([user, operator]): Case => ({
    text: `userId ${operator} ${odata`${user}`}`,
    means: (of) => (of.userId === user) === (operator === 'eq'),
  })),
  word.map((group): Case => ({ text: `${odata`${group}`} in groups`, means: (of) => of.groups.has(group) })),
  fc.array(word, { minLength: 1, maxLength: 3 }).map((users): Case => ({
    text: `userId in (${users.map((user) => odata`${user}`).join(', ')})`,
    means: (of) => users.some((user) => user === of.userId),
  })),
);
const { tree } = fc.letrec<{ tree: Case }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    literal,
    tie('tree').map((inner): Case => ({ text: `not(${inner.text})`, means: (of) => !inner.means(of) })),
    fc.tuple(tie('tree'), fc.constantFrom('and', 'or'), tie('tree')).map(([left, operator, right]): Case => ({
      text: `(${left.text}) ${operator} ( ${right.text} )`,
      means: (of) =>
        operator === 'and' ? left.means(of) && right.means(of) : left.means(of) || right.means(of),
    })),
  ),
}));
const anySubject = fc.record({
  id: fc.constantFrom('c1', 'c2'),
  userId: fc.option(word),
  groups: fc.array(word).map((groups) => new Set(groups)),
});

test('a filter means what it says', () => {
  fc.assert(
    fc.property(tree, anySubject, ({ text, means }, of) => {
      expect(matches(text, of)).toBe(means(of));
    }),
  );
});

test('no text makes the parser throw', () => {
  const scraps = fc.constantFrom(
    '(',
    ')',
    "'",
    "''",
    ' and ',
    ' or ',
    'not ',
    ' in ',
    ' eq ',
    'userId',
    'groups',
    ',',
    'é',
  );
  const noise = fc.oneof(
    fc.string(),
    fc.array(scraps, { maxLength: 30 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(noise, (text) => {
      expect(['filter', 'malformed']).toContain(parseFilter(text).status);
    }),
  );
});
