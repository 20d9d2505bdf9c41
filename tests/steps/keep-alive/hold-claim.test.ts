import { expect, it } from 'vitest';
import { holdClaim } from '../../../src/steps/keep-alive/hold-claim.ts';
import { recordingLog } from '../../support/logs.ts';
import { until } from '../../support/until.ts';

const CLAIMED = { key: 'k', fence: 3 };
const SOON = { leaseMs: 40, everyMs: 2, withinMs: 60_000 };

function holding(answer: (times: number) => Promise<boolean>) {
  const log = recordingLog();
  const asked: [string, number, number][] = [];
  const store = {
    extendClaim: (...args: [string, number, number]) => {
      asked.push(args);
      return answer(asked.length);
    },
  };
  return { deps: { store, log }, asked, lines: log.lines };
}

/** As long as another claim takes to be extended several times: what goes on meanwhile would show. */
async function severalExtensions(): Promise<void> {
  const other = holding(() => Promise.resolve(true));
  await holdClaim(other.deps, CLAIMED, () => until(() => other.asked.length >= 6), SOON);
}

it('a claim is extended for as long as its act is alive, and no longer', async () => {
  const { deps, asked } = holding(() => Promise.resolve(true));
  const outcome = await holdClaim(deps, CLAIMED, () => until(() => asked.length >= 3), SOON);
  expect(outcome).toBe(true);
  const extended = asked.length;
  expect(asked[0]).toEqual(['k', 3, 40]);
  await severalExtensions();
  expect(asked).toHaveLength(extended);
});

it('a claim that was lost is not asked for again', async () => {
  const lost = holding((times) => Promise.resolve(times < 2));
  const held = holding(() => Promise.resolve(true));
  await Promise.all([
    holdClaim(lost.deps, CLAIMED, () => until(() => held.asked.length >= 6), SOON),
    holdClaim(held.deps, CLAIMED, () => until(() => held.asked.length >= 6), SOON),
  ]);
  expect(lost.asked).toHaveLength(2);
});

it('a database that takes its time is asked one at a time', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<boolean>();
  const { deps, asked } = holding((times) => (times === 1 ? answered : Promise.resolve(true)));
  await holdClaim(
    deps,
    CLAIMED,
    async () => {
      await severalExtensions();
      expect(asked).toHaveLength(1);
      answer(true);
      await until(() => asked.length > 1);
    },
    SOON,
  );
});

it('a database that does not answer is asked again', async () => {
  const { deps, asked, lines } = holding((times) =>
    times === 1 ? Promise.reject(new Error('no database')) : Promise.resolve(true),
  );
  await holdClaim(deps, CLAIMED, () => until(() => asked.length >= 2), SOON);
  expect(lines).toEqual([
    {
      level: 'debug',
      act: 'subscription.claim_not_extended',
      fields: { key: 'k', reason: 'no database' },
    },
  ]);
});

it('an act that never ends loses its claim at last', async () => {
  const { deps, asked } = holding(() => Promise.resolve(true));
  const held = holding(() => Promise.resolve(true));
  await Promise.all([
    holdClaim(deps, CLAIMED, () => until(() => held.asked.length >= 6), { ...SOON, withinMs: 0 }),
    holdClaim(held.deps, CLAIMED, () => until(() => held.asked.length >= 6), SOON),
  ]);
  expect(asked).toEqual([]);
});

it('what the act throws is thrown, and the claim is left to end', async () => {
  const { deps, asked } = holding(() => Promise.resolve(true));
  await expect(holdClaim(deps, CLAIMED, () => Promise.reject(new Error('broken')), SOON)).rejects.toThrow(
    'broken',
  );
  await severalExtensions();
  expect(asked).toEqual([]);
});
