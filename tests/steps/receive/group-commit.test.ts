import { describe, expect, it } from 'vitest';
import { HubError } from '../../../src/core/errors.ts';
import { decodeRow, LANES } from '../../../src/core/inbox.ts';
import type { CommitResult } from '../../../src/ports/inbox-store.ts';
import { GroupCommit } from '../../../src/steps/receive/group-commit.ts';
import { until } from '../../support/until.ts';

interface Commit {
  lane: number;
  names: string[];
  items: number;
  settle: PromiseWithResolvers<CommitResult>;
}

/** A store whose commits end when the test says so. */
function slowStore() {
  const commits: Commit[] = [];
  return {
    commits,
    commitToInbox(lane: number, posts: string, items: number): Promise<CommitResult> {
      const settle = Promise.withResolvers<CommitResult>();
      const names = decodeRow(1, posts).map(({ item }) => item.subscriptionId);
      commits.push({ lane, names, items, settle });
      return settle.promise;
    },
    /** Ends the commit at this place. */
    end(at: number, result: CommitResult = { status: 'committed', row: at }) {
      commits[at]?.settle.resolve(result);
    },
  };
}

function post(name: string, padding = 0) {
  const body = JSON.stringify({ value: [{ subscriptionId: name, padding: 'x'.repeat(padding) }] });
  return { receivedAt: '2026-01-02T03:04:05.000Z', body, items: 1 };
}

function setUp(options: { concurrency?: number } = {}) {
  const store = slowStore();
  const woken: number[] = [];
  const outcomes = new Map<string, string>();
  const inbox = new GroupCommit({ store, committed: (lane) => woken.push(lane), ...options });
  const commit = async (name: string, padding?: number): Promise<void> => {
    try {
      await inbox.commit(post(name, padding));
      outcomes.set(name, 'committed');
    } catch (error) {
      outcomes.set(name, error instanceof HubError ? error.code : String(error));
    }
  };
  return { store, woken, outcomes, commit };
}

describe('a commit', () => {
  it('is not over before the store says so', async () => {
    const { store, woken, outcomes, commit } = setUp();
    const committed = commit('a');
    await new Promise(setImmediate);
    expect([outcomes.size, woken.length]).toEqual([0, 0]);
    store.end(0);
    await committed;
    expect(outcomes.get('a')).toBe('committed');
    expect(woken).toEqual([0]);
  });

  it('is shared by all that arrives while others are under way, each in its order', async () => {
    const { store, outcomes, commit } = setUp({ concurrency: 2 });
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => commit(name));
    expect(store.commits.map(({ names }) => names)).toEqual([['a'], ['b']]);
    store.end(0);
    await until(() => store.commits.length === 3);
    expect(store.commits[2]).toMatchObject({ names: ['c', 'd', 'e'], items: 3 });
    expect(outcomes.get('b')).toBeUndefined();
    store.end(1);
    store.end(2);
    await Promise.all(all);
    expect([...outcomes.values()].every((outcome) => outcome === 'committed')).toBe(true);
    expect(store.commits).toHaveLength(3);
  });

  it('stays with a lane for what a worker takes at once, then goes on to the next', async () => {
    const { store, woken, commit } = setUp({ concurrency: 1 });
    const lanes = Array.from({ length: 20 * (LANES + 1) }, (_, at) => Math.floor(at / 20) % LANES);
    for (let at = 0; at < lanes.length; at++) {
      const committed = commit(`p${at}`);
      await until(() => store.commits.length === at + 1);
      store.end(at);
      await committed;
    }
    expect(store.commits.map(({ lane }) => lane)).toEqual(lanes);
    expect(woken).toEqual(lanes);
  });

  it('goes on to the next lane sooner when the posts are large', async () => {
    const { store, commit } = setUp({ concurrency: 1 });
    for (let at = 0; at < 4; at++) {
      const committed = commit('x'.repeat(150_000));
      await until(() => store.commits.length === at + 1);
      store.end(at);
      await committed;
    }
    expect(store.commits.map(({ lane }) => lane)).toEqual([0, 0, 1, 1]);
  });

  it('is bounded in posts and in bytes', async () => {
    const { store, commit } = setUp({ concurrency: 1 });
    const all = [commit('first')];
    for (let at = 0; at < 1_500; at++) all.push(commit(`small ${at}`));
    for (let at = 0; at < 3; at++) all.push(commit(`large ${at}`, 3_000_000));
    for (let at = 0; at < 5; at++) {
      await until(() => store.commits.length > at);
      store.end(at);
    }
    await Promise.all(all);
    expect(store.commits.map(({ items }) => items)).toEqual([1, 1_000, 501, 1, 1]);
  });

  it('of a post larger than a row may be is made alone', async () => {
    const { store, outcomes, commit } = setUp({ concurrency: 1 });
    const all = [commit('first'), commit('huge', 5_000_000), commit('next')];
    for (let at = 0; at < 3; at++) {
      await until(() => store.commits.length > at);
      store.end(at);
    }
    await Promise.all(all);
    expect(store.commits.map(({ names }) => names)).toEqual([['first'], ['huge'], ['next']]);
    expect(outcomes.get('huge')).toBe('committed');
  });

  it('of which too much waits is refused at once, and what fits is not', async () => {
    const { store, outcomes, commit } = setUp({ concurrency: 1 });
    const all = [commit('first')];
    for (let at = 0; at < 16; at++) all.push(commit(`large ${at}`, 4_000_000));
    await commit('too much', 4_000_000);
    expect(outcomes.get('too much')).toBe('not_committed');
    all.push(commit('small'));
    for (let at = 0; at < 20; at++) {
      store.end(at);
      await new Promise(setImmediate);
    }
    await Promise.all(all);
    expect(outcomes.get('small')).toBe('committed');
    // What was committed waits no longer: there is room again.
    const again = commit('again', 4_000_000);
    await until(() => store.commits.some(({ names }) => names.includes('again')));
    store.end(store.commits.length - 1);
    await again;
    expect(outcomes.get('again')).toBe('committed');
  });
});

describe('a row whose data the database refuses', () => {
  const refused: CommitResult = { status: 'refused', message: 'bad data' };

  it('is committed post by post, so that one cannot fail another', async () => {
    const { store, outcomes, commit } = setUp({ concurrency: 1 });
    const all = ['first', 'good', 'bad', 'fine'].map((name) => commit(name));
    store.end(0);
    await until(() => store.commits.length === 2);
    store.end(1, refused);
    for (const [at, result] of [undefined, refused, undefined].entries()) {
      await until(() => store.commits.length === at + 3);
      store.end(at + 2, result);
    }
    await Promise.all(all);
    expect(store.commits.map(({ names }) => names)).toEqual([
      ['first'],
      ['good', 'bad', 'fine'],
      ['good'],
      ['bad'],
      ['fine'],
    ]);
    expect(Object.fromEntries(outcomes)).toEqual({
      first: 'committed',
      good: 'committed',
      bad: 'not_committed',
      fine: 'committed',
    });
  });

  it.concurrent('does not commit a post of it that was given up on meanwhile', async () => {
    const { store, outcomes, commit } = setUp({ concurrency: 1 });
    const all = ['first', 'good', 'late'].map((name) => commit(name));
    store.end(0);
    await until(() => store.commits.length === 2);
    store.end(1, refused);
    await until(() => store.commits.length === 3);
    // The commit of `good` hangs until both have been given up on.
    await Promise.all(all);
    store.end(2);
    const after = commit('after');
    await until(() => store.commits.length === 4);
    store.end(3);
    await after;
    expect(outcomes.get('late')).toBe('not_committed');
    expect(store.commits.map(({ names }) => names)).toEqual([
      ['first'],
      ['good', 'late'],
      ['good'],
      ['after'],
    ]);
  });
});

describe('a store', () => {
  it('that fails gives not_committed to all of the row, and the next row is tried', async () => {
    const { store, outcomes, woken, commit } = setUp({ concurrency: 1 });
    const all = ['a', 'b', 'c'].map((name) => commit(name));
    store.end(0);
    await until(() => store.commits.length === 2);
    store.commits[1]?.settle.reject(new HubError('store_unavailable', 'No database.'));
    await Promise.all(all);
    const next = commit('d');
    store.end(2);
    await next;
    expect([...outcomes]).toEqual([
      ['a', 'committed'],
      ['b', 'not_committed'],
      ['c', 'not_committed'],
      ['d', 'committed'],
    ]);
    expect(woken).toHaveLength(2);
  });

  it('that throws before it promises anything is a failure like any other', async () => {
    const inbox = new GroupCommit({
      store: {
        commitToInbox: () => {
          throw new Error('at once');
        },
      },
      committed: () => {},
    });
    await expect(inbox.commit(post('a'))).rejects.toMatchObject({
      code: 'not_committed',
      message: 'Not committed: at once.',
    });
  });

  it.concurrent('that hangs is told of within two and a half seconds; what waited is not committed later', async () => {
    const { store, outcomes, commit } = setUp({ concurrency: 1 });
    const startedAt = performance.now();
    await Promise.all(['under way', 'waiting', 'waiting too'].map((name) => commit(name)));
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    expect([...outcomes.values()]).toEqual(['not_committed', 'not_committed', 'not_committed']);
    // It comes back: what is new is committed, and nobody is told twice.
    store.end(0);
    const next = commit('next');
    await until(() => store.commits.length === 2);
    store.end(1);
    await next;
    expect(store.commits.map(({ names }) => names)).toEqual([['under way'], ['next']]);
    expect(outcomes.get('under way')).toBe('not_committed');
  });
});
