import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeRow,
  encodePosts,
  encodeRemainder,
  type AcceptedPost,
  type InboxItem,
} from '../../src/core/inbox.ts';
import type { NotificationCollection } from '../../src/core/notification.ts';

const AT = '2026-01-02T03:04:05.000Z';

function post(body: unknown, receivedAt = AT): AcceptedPost {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { receivedAt, body: text, items: (JSON.parse(text) as NotificationCollection).value.length };
}

function item(name: string): object {
  return { subscriptionId: name, changeType: 'updated' };
}

/** Texts that a database or a splice could stumble over. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\0', '\ud800', '"}]', '"},{"body":', '\\u0000', '\u2028', '__proto__', ''),
);
const anyItem = fc.record({
  subscriptionId: text,
  changeType: text,
  resourceData: fc.dictionary(text, fc.jsonValue()),
});
const anyPosts = fc.array(
  fc.record({
    receivedAt: fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
      .map((d) => d.toISOString()),
    value: fc.array(anyItem, { minLength: 1, maxLength: 6 }),
    validationTokens: fc.array(text),
  }),
  { minLength: 1, maxLength: 5 },
);

function idOf({ address }: InboxItem): string {
  return `${address.row}/${address.post}/${address.item}`;
}

describe('a row', () => {
  it('gives back every item, to the letter, with its place and its time', () => {
    fc.assert(
      fc.property(anyPosts, fc.nat(), (posts, row) => {
        const encoded = encodePosts(posts.map(({ receivedAt, ...body }) => post(body, receivedAt)));
        const expected = posts.flatMap(({ receivedAt, value }, postIndex) =>
          value.map((each, index) => ({
            address: { row, post: postIndex, item: index },
            receivedAt,
            item: JSON.parse(JSON.stringify(each)) as unknown,
            cause: null,
            returns: 0,
            askedFrom: receivedAt,
          })),
        );
        expect(decodeRow(row, encoded).map(({ body: _body, ...rest }) => rest)).toEqual(expected);
      }),
    );
  });

  it('keeps the text of a post as it came', () => {
    const body =
      ' { "value" : [ { "subscriptionId":"s", "changeType":"updated", "x": 1.0, "s":"\\u0000\\ud800" } ] } ';
    expect(encodePosts([post(body)])).toBe(`[{"receivedAt":"${AT}","body":${body}}]`);
  });

  it('keeps posts apart, with the tokens of each', () => {
    const row = encodePosts([
      post({ value: [item('a'), item('b')], validationTokens: ['first'] }),
      post({ value: [item('c')], validationTokens: ['second'] }),
    ]);
    const [a, b, c] = decodeRow(7, row);
    expect(a?.body).toBe(b?.body);
    expect(a?.body.validationTokens).toEqual(['first']);
    expect(c?.body.validationTokens).toEqual(['second']);
  });

  it.each(['', 'x', '[', '{}', '[{}]', '[{"body":{}}]', 'null'])('that is not ours (%j) throws', (posts) => {
    expect(() => decodeRow(1, posts)).toThrow(Error);
  });
});

describe('a remainder', () => {
  const row = encodePosts([
    post({ value: ['a', 'b', 'c'].map(item), validationTokens: ['t1'] }),
    post({ value: ['d', 'e'].map(item), validationTokens: ['t2'] }, '2026-01-02T03:04:06.000Z'),
  ]);

  it('holds the items left, with the place, time and tokens they first had', () => {
    const left = decodeRow(7, row).filter(({ item }) => ['b', 'd'].includes(item.subscriptionId));
    const back = decodeRow(99, encodeRemainder(left, 'throttled'));
    expect(back.map((each) => [each.item.subscriptionId, idOf(each), each.receivedAt])).toEqual([
      ['b', '7/0/1', AT],
      ['d', '7/1/0', '2026-01-02T03:04:06.000Z'],
    ]);
    expect(back.map(({ cause, returns }) => [cause, returns])).toEqual([
      ['throttled', 1],
      ['throttled', 1],
    ]);
    expect(back.map(({ body }) => body.validationTokens)).toEqual([['t1'], ['t2']]);
  });

  it('of a remainder keeps the first place, and counts its returns', () => {
    let items = decodeRow(7, row);
    for (const [turn, keep] of [4, 3, 2, 1].entries()) {
      items = decodeRow(100 + turn, encodeRemainder(items.slice(-keep), 'unreachable'));
      expect(items.map(({ returns }) => returns)).toEqual(items.map(() => turn + 1));
    }
    expect(items.map((each) => [each.item.subscriptionId, idOf(each)])).toEqual([['e', '7/1/1']]);
  });

  it('of items that were never looked at names no cause', () => {
    const back = decodeRow(8, encodeRemainder(decodeRow(7, row), null));
    expect(back.map(({ cause }) => cause)).toEqual([null, null, null, null, null]);
  });

  it('of anything, again and again, loses nothing of what it was made of', () => {
    const cuts = fc.array(fc.func(fc.boolean()), { maxLength: 4 });
    fc.assert(
      fc.property(anyPosts, cuts, (posts, filters) => {
        const first = decodeRow(
          3,
          encodePosts(posts.map(({ receivedAt, ...body }) => post(body, receivedAt))),
        );
        const known = new Map(first.map((each) => [idOf(each), each]));
        let items = first;
        for (const [turn, keep] of filters.entries()) {
          const kept = items.filter((each) => keep(idOf(each)));
          items = decodeRow(1_000 + turn, encodeRemainder(kept, 'unreachable'));
          expect(items.map(idOf)).toEqual(kept.map(idOf));
        }
        for (const each of items) {
          const original = known.get(idOf(each));
          expect(each.item).toEqual(original?.item);
          expect(each.receivedAt).toBe(original?.receivedAt);
          expect(each.body.validationTokens).toEqual(original?.body.validationTokens);
        }
      }),
    );
  });

  it('does not carry the whole post for one item of it', () => {
    const large = encodePosts([
      post({ value: Array.from({ length: 1_000 }, (_, at) => item(`item ${at}`)) }),
    ]);
    const one = encodeRemainder(decodeRow(7, large).slice(500, 501), 'throttled');
    expect(one.length).toBeLessThan(300);
    expect(decodeRow(8, one).map(idOf)).toEqual(['7/0/500']);
  });
});
