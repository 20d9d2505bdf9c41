import { expect, it } from 'vitest';
import { createFirstSubscriptions } from '../../src/local/first-subscriptions.ts';
import { smallSubscriptions, UNREACHABLE } from '../support/small-subscriptions.ts';
import { until } from '../support/until.ts';

function firstStart() {
  const small = smallSubscriptions();
  const listSubscriptions = () => Promise.resolve([...small.subscriptions.values()]);
  return { ...small, deps: { ...small.deps, store: { ...small.deps.store, listSubscriptions } } };
}

it('the first subscriptions are all on the record before Graph has answered for one: a kill meanwhile loses none', async () => {
  const { deps, graph, subscriptions, asks } = firstStart();
  graph.create = () => new Promise(() => {});
  void createFirstSubscriptions(deps);
  await until(() => asks.length > 0);
  await until(() => subscriptions.size === 3);
  expect([...subscriptions.values()].map(({ status }) => status)).toEqual(Array(3).fill('creating'));
});

it('they are created where nothing is watched, and only there', async () => {
  const { deps, subscriptions } = firstStart();
  expect(await createFirstSubscriptions(deps)).toBe(3);
  expect([...subscriptions.values()].map(({ status }) => status)).toEqual(Array(3).fill('active'));
  subscriptions.delete([...subscriptions.keys()][0] ?? '');
  expect(await createFirstSubscriptions(deps)).toBe(0);
  expect(subscriptions.size).toBe(2);
});

it('one that Graph does not answer for is told of, and the others are created all the same', async () => {
  const { deps, graph, subscriptions, lines } = firstStart();
  const { create } = graph;
  graph.create = (ask) => (ask.resource.endsWith('/events') ? UNREACHABLE : create(ask));
  await createFirstSubscriptions(deps);
  expect([...subscriptions.values()].map(({ status }) => status).sort()).toEqual([
    'active',
    'active',
    'creating',
  ]);
  expect(lines.filter(({ act }) => act === 'subscription.first_not_created')).toHaveLength(1);
});
