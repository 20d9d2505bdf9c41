import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientStateSecret, makeClientState } from '../../../src/core/client-state.ts';
import { HubError } from '../../../src/core/errors.ts';
import { decodeRow } from '../../../src/core/inbox.ts';
import { GroupCommit } from '../../../src/steps/receive/group-commit.ts';
import { receiveNotifications } from '../../../src/steps/receive/receive-notifications.ts';
import type { Forgery } from '../../../src/steps/receive/watch-forgeries.ts';
import { adjustableClock } from '../../support/adjustable-clock.ts';
import { recordingLog } from '../../support/logs.ts';
import { SECRET } from '../../support/small-workshop.ts';

const KEY = 'anna000000000000';
const FOREIGN = makeClientState(clientStateSecret(Buffer.alloc(32, 6)), KEY);

function item(name: string, fields: object = {}): object {
  return {
    subscriptionId: name,
    changeType: 'updated',
    clientState: makeClientState(SECRET, KEY),
    ...fields,
  };
}

function receiver(commit?: () => Promise<void>) {
  const rows: { lane: number; posts: string; items: number }[] = [];
  const counted: [string, number][] = [];
  const noticed: (Forgery & { at: string })[] = [];
  const log = recordingLog();
  const groupCommit = new GroupCommit({
    store: {
      async commitToInbox(lane, posts, items) {
        await commit?.();
        rows.push({ lane, posts, items });
        return { status: 'committed', row: rows.length };
      },
    },
    committed: () => {},
  });
  const deps = {
    inbox: groupCommit,
    clientStateSecrets: [SECRET],
    clock: adjustableClock(),
    log,
    counters: {
      accepted: (items: number) => counted.push(['accepted', items]),
      forged: (items: number) => counted.push(['forged', items]),
    },
    forgeries: {
      noticed: (forgeries: readonly Forgery[], at: string) =>
        noticed.push(...forgeries.map((forgery) => ({ ...forgery, at }))),
    },
  };
  return { rows, counted, noticed, log, receive: (text: string) => receiveNotifications(deps, text) };
}

describe('a post', () => {
  it('that proves itself is committed to the letter, with the time it came, and then accepted', async () => {
    const { rows, counted, receive } = receiver();
    const text = ` {"value": [${JSON.stringify(item('a', { n: 1 }))}, ${JSON.stringify(item('b'))}],\n "validationTokens":["t"], "s":"\\u0000" } `;
    expect(await receive(text)).toEqual({ status: 'accepted' });
    expect(rows.map(({ items }) => items)).toEqual([2]);
    expect(rows[0]?.posts).toBe(`[{"receivedAt":"2026-01-02T03:04:05.000Z","body":${text}}]`);
    expect(counted).toEqual([['accepted', 2]]);
  });

  it.each(['', '{', 'null', '[]', '{"value":[]}', '{"value":[{}]}', '\u0000', '\uFEFF{}', '<html>'])(
    'of %j is malformed, and nothing of it is kept',
    async (text) => {
      const { rows, counted, receive } = receiver();
      expect((await receive(text)).status).toBe('malformed');
      expect([rows, counted]).toEqual([[], []]);
    },
  );

  it('says where it is malformed', async () => {
    const text = JSON.stringify({ value: [item('a'), { ...item('b'), changeType: 5 }] });
    expect(await receiver().receive(text)).toEqual({
      status: 'malformed',
      path: '/value/1',
      message: 'has neither changeType nor lifecycleEvent',
    });
  });

  it('of forgeries alone is accepted like any other, each counted or handed on, and never stored', async () => {
    const { rows, counted, noticed, receive } = receiver();
    const forged = [FOREIGN, 'nonsense', '', undefined, null, makeClientState(SECRET, KEY).slice(0, -1)];
    const text = JSON.stringify({ value: forged.map((clientState) => item('x', { clientState })) });
    expect(await receive(text)).toEqual({ status: 'accepted' });
    expect(rows).toEqual([]);
    expect(noticed).toHaveLength(1);
    expect(counted).toEqual([['forged', forged.length - 1]]);
  });

  it('of which forgeries name a subscription hands them on once the post is committed, and no other', async () => {
    const atCommit: number[] = [];
    const { noticed, receive } = receiver(async () => {
      atCommit.push(noticed.length);
    });
    const value = [FOREIGN, makeClientState(SECRET, KEY), 'nonsense'].map((clientState) =>
      item('x', { clientState }),
    );
    await receive(JSON.stringify({ value }));
    const { version } = clientStateSecret(Buffer.alloc(32, 6));
    expect(noticed).toMatchObject([{ key: KEY, version, at: '2026-01-02T03:04:05.000Z' }]);
    expect(atCommit).toEqual([0]);
  });

  it('of forgeries and proofs keeps the proofs, and what belongs to the post', async () => {
    const { rows, counted, noticed, receive } = receiver();
    const proven = [item('a', { deep: { '\0': '\ud800', n: 1.5 } }), item('c', { resource: '"},{' })];
    const value = [
      item('x', { clientState: FOREIGN }),
      proven[0],
      item('y', { clientState: null }),
      proven[1],
    ];
    expect(await receive(JSON.stringify({ value, validationTokens: ['t1', 't2'] }))).toEqual({
      status: 'accepted',
    });
    expect(counted).toEqual([
      ['accepted', 2],
      ['forged', 1],
    ]);
    expect(noticed).toHaveLength(1);
    const kept = decodeRow(1, rows[0]?.posts ?? '');
    expect(kept.map((each) => each.item)).toEqual(JSON.parse(JSON.stringify(proven)));
    expect(kept[0]?.body.validationTokens).toEqual(['t1', 't2']);
    expect(rows[0]?.posts).not.toContain(FOREIGN);
    expect(rows[0]?.items).toBe(2);
  });

  it('keeps both kinds of notification, whatever way they deviate', async () => {
    const { rows, receive } = receiver();
    const value = [
      item('a', { organizationId: 't', encryptedContent: null, id: null }),
      item('b', { changeType: undefined, lifecycleEvent: 'missed', resource: '' }),
      item('c', { changeType: undefined, lifecycleEvent: 'somethingNew' }),
    ];
    expect(await receive(JSON.stringify({ value }))).toEqual({ status: 'accepted' });
    expect(rows[0]?.items).toBe(3);
  });

  it('that cannot be committed is told so, and not counted as accepted', async () => {
    const { counted, receive } = receiver(() =>
      Promise.reject(new HubError('store_unavailable', 'No database.')),
    );
    const outcome = await receive(JSON.stringify({ value: [item('a')] }));
    expect(outcome).toEqual({ status: 'not_committed', message: 'Not committed: No database.' });
    expect(counted).toEqual([]);
  });

  it('that cannot be committed tells nothing of its forgeries either: Graph posts it again, whole', async () => {
    const { counted, noticed, receive } = receiver(() =>
      Promise.reject(new HubError('store_unavailable', 'No database.')),
    );
    const value = [item('a'), item('b', { clientState: FOREIGN }), item('c', { clientState: null })];
    expect((await receive(JSON.stringify({ value }))).status).toBe('not_committed');
    expect([counted, noticed]).toEqual([[], []]);
  });

  it('never leaves a state, a secret or its content in the log', async () => {
    const { log, receive } = receiver();
    await receive(
      JSON.stringify({ value: [item('a'), item('b', { clientState: FOREIGN, secret: 'content' })] }),
    );
    const written = JSON.stringify(log.lines);
    expect(written).not.toContain(FOREIGN);
    expect(written).not.toContain('content');
  });

  it('may be anything at all: nothing is thrown, and what is stored can be read', async () => {
    const state = fc.constantFrom(makeClientState(SECRET, KEY), FOREIGN, 'x', null);
    const some = fc.record(
      {
        subscriptionId: fc.string({ unit: 'binary' }),
        changeType: fc.string(),
        clientState: state,
        x: fc.jsonValue(),
      },
      { requiredKeys: ['subscriptionId', 'changeType'] },
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .record({ value: fc.array(some, { minLength: 1 }), y: fc.jsonValue() })
        .map((body) => JSON.stringify(body)),
    );
    await fc.assert(
      fc.asyncProperty(text, async (body) => {
        const { rows, receive } = receiver();
        const { status } = await receive(body);
        expect(['accepted', 'malformed']).toContain(status);
        for (const { posts, items } of rows) expect(decodeRow(1, posts)).toHaveLength(items);
      }),
      { numRuns: 500 },
    );
  });
});
