import { expect, it } from 'vitest';
import type { Subscription } from '../../../src/core/subscription.ts';
import type { GraphAnswer, GraphSubscription } from '../../../src/ports/graph-api.ts';
import { noteEndpoints } from '../../../src/steps/keep-alive/note-endpoints.ts';
import { recordingLog } from '../../support/logs.ts';
import { THROTTLED } from '../../support/small-subscriptions.ts';

const HERE = 'https://hub.example/graph/notifications';
const OLD = 'https://old.example/graph/notifications';

/** So many subscriptions, of which Graph posts those to another address. */
function small(count: number, elsewhere: readonly number[]) {
  const keys = Array.from({ length: count }, (_, at) => `k${String(at).padStart(4, '0')}`);
  const atGraph = keys.map((key, at) => ({
    id: `graph-${key}`,
    resource: '',
    changeType: '',
    notificationUrl: elsewhere.includes(at) ? OLD : HERE,
    expiresAt: '',
  }));
  const due: string[] = [];
  const log = recordingLog();
  const answer: { of: () => Promise<GraphAnswer<GraphSubscription[]>> } = {
    of: () => Promise.resolve({ status: 'ok', value: atGraph }),
  };
  const deps = {
    store: {
      listSubscriptions: ({ after, limit }: { after: string | null; limit: number }) =>
        Promise.resolve(
          keys
            .filter((key) => after === null || key > after)
            .slice(0, limit)
            .map((key) => ({ key, graphId: `graph-${key}` }) as Subscription),
        ),
      makeDue: (key: string) => {
        due.push(key);
        return Promise.resolve(true);
      },
    },
    graph: { tenants: () => ['tenant-a'], listSubscriptions: () => answer.of() },
    log,
    publicUrl: 'https://hub.example',
  };
  return { deps, due, log, answer };
}

it('what posts to another address is due, however many there are, and nothing else', async () => {
  const { deps, due, log } = small(1_203, [3, 1_200]);
  expect(await noteEndpoints(deps)).toBe(2);
  expect(due).toEqual(['k0003', 'k1200']);
  expect(log.acts()).toEqual(['subscription.addresses_changed']);
});

it('where all post here nothing is due, and nothing is said', async () => {
  const { deps, due, log } = small(3, []);
  expect(await noteEndpoints(deps)).toBe(0);
  expect([due, log.lines]).toEqual([[], []]);
});

it('a tenant that cannot be asked, or a database, does not hinder the start', async () => {
  const { deps, answer, log } = small(3, [0]);
  answer.of = () => Promise.resolve(THROTTLED);
  expect(await noteEndpoints(deps)).toBe(0);
  answer.of = () => Promise.reject(new Error('broken'));
  expect(await noteEndpoints(deps)).toBe(0);
  expect(log.acts()).toEqual(['subscription.addresses_not_read']);
});
