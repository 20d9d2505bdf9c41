import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FetchRequest, GraphAnswer } from '../../../src/ports/graph-api.ts';
import { FetchBudget, type BudgetedRequest } from '../../../src/steps/process/fetch-budget.ts';
import { adjustableClock } from '../../support/adjustable-clock.ts';
import { until } from '../../support/until.ts';

type Answer = GraphAnswer<unknown>;

interface Batch {
  tenant: string;
  paths: string[];
  settle: PromiseWithResolvers<Answer[]>;
  answer(): void;
}

const OK = (path: string): Answer => ({ status: 'ok', value: path });
const NO_ANSWER: Answer = { status: 'unreachable', message: 'Graph gave no answer in time' };

/** A Graph whose batches are answered when the test says so. */
function slowGraph() {
  const batches: Batch[] = [];
  return {
    batches,
    fetchResources(tenant: string, requests: readonly FetchRequest[]): Promise<Answer[]> {
      const settle = Promise.withResolvers<Answer[]>();
      const paths = requests.map(({ path }) => path);
      batches.push({ tenant, paths, settle, answer: () => settle.resolve(paths.map(OK)) });
      return settle.promise;
    },
  };
}

function requests(count: number, mailbox: string | null | ((at: number) => string | null), prefix = 'r') {
  return Array.from({ length: count }, (_, at) => ({
    path: `${prefix}${at}`,
    immutableIds: true,
    mailbox: typeof mailbox === 'function' ? mailbox(at) : mailbox,
  }));
}

const never = new AbortController().signal;

describe('a budget', () => {
  it('asks in batches of twenty and answers in the order asked', async () => {
    const graph = slowGraph();
    const budget = new FetchBudget({ graph, clock: adjustableClock() });
    const answers = budget.fetch('t', requests(45, null), never);
    expect(graph.batches.map(({ paths }) => paths.length)).toEqual([20, 20, 5]);
    for (const batch of graph.batches.toReversed()) batch.answer();
    expect(await answers).toEqual(requests(45, null).map(({ path }) => OK(path)));
  });

  it('asks nothing for nothing', async () => {
    const graph = slowGraph();
    expect(await new FetchBudget({ graph, clock: adjustableClock() }).fetch('t', [], never)).toEqual([]);
    expect(graph.batches).toEqual([]);
  });

  it('has at most eight batches of one call under way, and goes on however many end at once', async () => {
    const graph = slowGraph();
    const budget = new FetchBudget({ graph, clock: adjustableClock() });
    const answers = budget.fetch('t', requests(20 * 20, null), never);
    expect(graph.batches).toHaveLength(8);
    for (const batch of graph.batches) batch.answer();
    await until(() => graph.batches.length === 16, { timeoutMs: 2_000 });
    for (const batch of graph.batches) batch.answer();
    await until(() => graph.batches.length === 20, { timeoutMs: 2_000 });
    for (const batch of graph.batches) batch.answer();
    expect((await answers).every(({ status }) => status === 'ok')).toBe(true);
  });

  it('has at most four requests of one mailbox under way, whoever asks', async () => {
    const graph = slowGraph();
    const budget = new FetchBudget({ graph, clock: adjustableClock() });
    const first = budget.fetch('t', requests(3, 'anna', 'a'), never);
    const second = budget.fetch('t', requests(3, 'anna', 'b'), never);
    expect(graph.batches.map(({ paths }) => paths)).toEqual([['a0', 'a1', 'a2'], ['b0']]);
    // The same name in another tenant is another mailbox, and so is another name.
    void budget.fetch('u', requests(1, 'anna', 'c'), never);
    void budget.fetch('t', requests(1, 'ben', 'd'), never);
    expect(graph.batches).toHaveLength(4);
    graph.batches[0]?.answer();
    await first;
    await until(() => graph.batches.length === 5);
    expect(graph.batches[4]?.paths).toEqual(['b1', 'b2']);
    graph.batches[1]?.answer();
    graph.batches[4]?.answer();
    expect(await second).toEqual(['b0', 'b1', 'b2'].map(OK));
  });

  it('leaves alone what was throttled until Graph said, and nothing else', async () => {
    const graph = slowGraph();
    const clock = adjustableClock();
    const budget = new FetchBudget({ graph, clock });
    const first = budget.fetch('t', requests(2, 'anna'), never);
    graph.batches[0]?.settle.resolve([{ status: 'throttled', retryAfterMs: 10_000 }, OK('r1')]);
    expect((await first).map(({ status }) => status)).toEqual(['throttled', 'ok']);
    clock.advance(4_000);
    expect(await budget.fetch('t', requests(1, 'anna'), never)).toEqual([
      { status: 'throttled', retryAfterMs: 6_000 },
    ]);
    expect(graph.batches).toHaveLength(1);
    void budget.fetch('t', requests(1, 'ben'), never);
    void budget.fetch('u', requests(1, 'anna'), never);
    expect(graph.batches).toHaveLength(3);
    clock.advance(6_000);
    void budget.fetch('t', requests(1, 'anna'), never);
    expect(graph.batches).toHaveLength(4);
  });

  it('leaves alone what waits in the same call once it is throttled', async () => {
    const graph = slowGraph();
    const budget = new FetchBudget({ graph, clock: adjustableClock() });
    const answers = budget.fetch('t', requests(9, 'anna'), never);
    const throttled: Answer = { status: 'throttled', retryAfterMs: 1_000 };
    graph.batches[0]?.settle.resolve([throttled, throttled, throttled, throttled]);
    expect(await answers).toEqual(Array.from({ length: 9 }, () => throttled));
    expect(graph.batches).toHaveLength(1);
  });

  it('does not cut a wait short for a shorter one that is told of later', async () => {
    const graph = slowGraph();
    const clock = adjustableClock();
    const budget = new FetchBudget({ graph, clock });
    const both = [
      budget.fetch('t', requests(1, 'anna'), never),
      budget.fetch('t', requests(1, 'anna'), never),
    ];
    graph.batches[0]?.settle.resolve([{ status: 'throttled', retryAfterMs: 60_000 }]);
    graph.batches[1]?.settle.resolve([{ status: 'throttled', retryAfterMs: 1_000 }]);
    await Promise.all(both);
    clock.advance(2_000);
    expect(await budget.fetch('t', requests(1, 'anna'), never)).toEqual([
      { status: 'throttled', retryAfterMs: 58_000 },
    ]);
  });

  it('does not wait where Graph throttles without saying for how long', async () => {
    const graph = slowGraph();
    const budget = new FetchBudget({ graph, clock: adjustableClock() });
    const first = budget.fetch('t', requests(1, 'anna'), never);
    graph.batches[0]?.settle.resolve([{ status: 'throttled', retryAfterMs: null }]);
    await first;
    void budget.fetch('t', requests(1, 'anna'), never);
    expect(graph.batches).toHaveLength(2);
  });

  it('answers everything when the signal fires, though Graph and its adapter hear nothing of it', async () => {
    const graph = slowGraph();
    const budget = new FetchBudget({ graph, clock: adjustableClock() });
    const stop = new AbortController();
    const answers = budget.fetch(
      't',
      requests(9, (at) => (at < 6 ? 'anna' : 'ben')),
      stop.signal,
    );
    expect(graph.batches.map(({ paths }) => paths.length)).toEqual([7]);
    stop.abort();
    expect(await answers).toEqual(Array.from({ length: 9 }, () => NO_ANSWER));
    // What is still under way counts until it ends.
    const next = budget.fetch('t', requests(1, 'anna', 'n'), never);
    expect(graph.batches).toHaveLength(1);
    graph.batches[0]?.answer();
    await until(() => graph.batches.length === 2);
    graph.batches[1]?.answer();
    expect(await next).toEqual([OK('n0')]);
  });

  it('asks nothing when the signal has fired already', async () => {
    const graph = slowGraph();
    const budget = new FetchBudget({ graph, clock: adjustableClock() });
    expect(await budget.fetch('t', requests(2, null), AbortSignal.abort())).toEqual([NO_ANSWER, NO_ANSWER]);
    expect(graph.batches).toEqual([]);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('socket hang up'))],
    [
      'throws',
      () => {
        throw new Error('socket hang up');
      },
    ],
  ])('takes an adapter that %s for a Graph that is unreachable, and goes on', async (_, fetchResources) => {
    let fails = true;
    const budget = new FetchBudget({
      graph: {
        fetchResources: (_tenant, of) =>
          fails ? fetchResources() : Promise.resolve(of.map(({ path }) => OK(path))),
      },
      clock: adjustableClock(),
    });
    const answers = await budget.fetch('t', requests(6, 'anna'), never);
    expect(answers).toEqual(
      Array.from({ length: 6 }, () => ({ status: 'unreachable', message: 'socket hang up' })),
    );
    fails = false;
    expect(await budget.fetch('t', requests(5, 'anna'), never)).toEqual(
      ['r0', 'r1', 'r2', 'r3', 'r4'].map(OK),
    );
  });

  it('takes an answer that is missing for none', async () => {
    const graph = slowGraph();
    const budget = new FetchBudget({ graph, clock: adjustableClock() });
    const answers = budget.fetch('t', requests(3, null), never);
    graph.batches[0]?.settle.resolve([OK('r0')]);
    expect(await answers).toEqual([OK('r0'), NO_ANSWER, NO_ANSWER]);
  });

  it('keeps its limits and its order for any callers and any answers', async () => {
    const answer = fc.oneof(
      { weight: 8, arbitrary: fc.constant('ok') },
      { weight: 1, arbitrary: fc.constantFrom('refused', 'throttled', 'throw', 'short', 'hang') },
    );
    const callers = fc.array(
      fc.array(fc.record({ mailbox: fc.constantFrom('anna', 'ben', null), answer }), { maxLength: 60 }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(callers, fc.scheduler(), async (calls, scheduler) => {
        const inFlight = new Map<string, number>();
        const tooMuch: string[] = [];
        const plan = new Map<string, (typeof calls)[number][number]>();
        const asked = calls.map((items, caller) =>
          items.map((each, at): BudgetedRequest => {
            plan.set(`${caller}/${at}`, each);
            return { path: `${caller}/${at}`, immutableIds: false, mailbox: each.mailbox };
          }),
        );
        const add = (of: readonly FetchRequest[], by: number): void => {
          for (const { path } of of) {
            const mailbox = plan.get(path)?.mailbox ?? null;
            if (mailbox === null) continue;
            const now = (inFlight.get(mailbox) ?? 0) + by;
            inFlight.set(mailbox, now);
            if (now > 4) tooMuch.push(mailbox);
          }
        };
        const stop = new AbortController();
        const budget = new FetchBudget({
          clock: adjustableClock(),
          graph: {
            async fetchResources(_tenant, of) {
              if (of.length > 20 || of.length === 0) tooMuch.push('batch');
              add(of, 1);
              try {
                await scheduler.schedule(Promise.resolve(), 'batch');
                const answers = of.map(({ path }) => plan.get(path)?.answer ?? 'ok');
                if (answers.includes('hang'))
                  await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
                if (answers.includes('throw')) throw new Error('lost');
                const full = of.map(({ path }, at): Answer =>
                  answers[at] === 'refused'
                    ? { status: 'refused', httpStatus: 404, code: path, message: '' }
                    : answers[at] === 'throttled'
                      ? { status: 'throttled', retryAfterMs: 1 }
                      : OK(path),
                );
                return answers.includes('short') ? full.slice(0, -1) : full;
              } finally {
                add(of, -1);
              }
            },
          },
        });
        const all = Promise.all(asked.map((of) => budget.fetch('t', of, stop.signal)));
        await scheduler.waitIdle();
        stop.abort();
        const answered = await all;
        expect(tooMuch).toEqual([]);
        for (const [caller, answers] of answered.entries()) {
          expect(answers).toHaveLength(asked[caller]?.length ?? 0);
          const named = answers.map((got, at) =>
            got.status === 'ok' ? got.value : got.status === 'refused' ? got.code : `${caller}/${at}`,
          );
          expect(named).toEqual(answers.map((_, at) => `${caller}/${at}`));
        }
      }),
      { numRuns: 100 },
    );
  });
});
