import { messageOf } from '../../core/errors.ts';
import type { FetchRequest, GraphAnswer, GraphApi } from '../../ports/graph-api.ts';
import type { Clock } from '../../ports/clock.ts';

/*
 * Fetches within what Graph allows: `$batch` of at most 20, at most 4 at once for one mailbox
 * (https://learn.microsoft.com/graph/throttling-limits), and what was throttled is left alone until Graph said it may be asked
 * again. One budget is shared by all lanes of a process.
 */

const BATCH = 20;
const AT_ONCE_PER_MAILBOX = 4;
const BATCHES_PER_CALL = 8;

/** A fetch, and the mailbox it is counted against; null where no such limit is. */
export interface BudgetedRequest extends FetchRequest {
  mailbox: string | null;
}

export interface FetchBudgetDeps {
  graph: Pick<GraphApi, 'fetchResources'>;
  clock: Clock;
}

type Answer = GraphAnswer<unknown>;

export class FetchBudget {
  readonly #deps: FetchBudgetDeps;
  readonly #inFlight = new Map<string, number>();
  readonly #pausedUntil = new Map<string, number>();
  readonly #waiters = new Set<() => void>();

  constructor(deps: FetchBudgetDeps) {
    this.#deps = deps;
  }

  /**
   * Asks for all of these and answers in their order. When the signal fires, whatever has no answer yet is `unreachable`;
   * nothing is thrown for Graph's sake.
   */
  async fetch(tenant: string, requests: readonly BudgetedRequest[], signal: AbortSignal): Promise<Answer[]> {
    const answers = new Map<BudgetedRequest, Answer>();
    const pending = queuesOf(tenant, requests);
    let underWay = 0;
    while ((pending.size > 0 || underWay > 0) && !signal.aborted) {
      this.#answerPaused(pending, answers);
      const batch = underWay < BATCHES_PER_CALL ? this.#take(pending) : [];
      if (batch.length > 0) {
        underWay++;
        void this.#ask(tenant, batch, answers, signal).finally(() => {
          underWay--;
          this.#wakeAll();
        });
      } else if (pending.size > 0 || underWay > 0) {
        await this.#capacity(signal);
      }
    }
    return requests.map((request) => answers.get(request) ?? noAnswer());
  }

  #answerPaused(pending: Queues, answers: Map<BudgetedRequest, Answer>): void {
    if (this.#pausedUntil.size === 0) return;
    const now = this.#deps.clock.now();
    for (const [budget, queue] of pending) {
      const until = this.#pausedUntil.get(budget);
      if (until === undefined) continue;
      if (until <= now) this.#pausedUntil.delete(budget);
      else {
        for (const request of queue) answers.set(request, { status: 'throttled', retryAfterMs: until - now });
        pending.delete(budget);
      }
    }
  }

  #take(pending: Queues): BudgetedRequest[] {
    const batch: BudgetedRequest[] = [];
    for (const [budget, queue] of pending) {
      const busy = this.#inFlight.get(budget) ?? 0;
      const limit = queue[0]?.mailbox === null ? BATCH : AT_ONCE_PER_MAILBOX - busy;
      const taken = queue.splice(0, Math.max(0, Math.min(limit, BATCH - batch.length)));
      if (taken.length > 0) this.#inFlight.set(budget, busy + taken.length);
      if (queue.length === 0) pending.delete(budget);
      batch.push(...taken);
      if (batch.length === BATCH) break;
    }
    return batch;
  }

  async #ask(
    tenant: string,
    batch: BudgetedRequest[],
    answers: Map<BudgetedRequest, Answer>,
    signal: AbortSignal,
  ): Promise<void> {
    const got = await this.#fetchResources(tenant, batch, signal);
    for (const [index, request] of batch.entries()) {
      const answer = got[index] ?? noAnswer();
      answers.set(request, answer);
      this.#release(budgetOf(tenant, request));
      if (answer.status === 'throttled' && answer.retryAfterMs !== null)
        this.#pause(budgetOf(tenant, request), this.#deps.clock.now() + answer.retryAfterMs);
    }
  }

  /** Never rejects. A fault of the adapter is no answer from Graph: the items wait and come back, with its words as the reason. */
  async #fetchResources(tenant: string, batch: BudgetedRequest[], signal: AbortSignal): Promise<Answer[]> {
    try {
      return await this.#deps.graph.fetchResources(tenant, batch, signal);
    } catch (error) {
      return batch.map(() => ({ status: 'unreachable', message: messageOf(error) }));
    }
  }

  #wakeAll(): void {
    for (const wake of this.#waiters) wake();
  }

  /** Batches overlap: a shorter wait that is answered later does not end a longer one. */
  #pause(budget: string, until: number): void {
    this.#pausedUntil.set(budget, Math.max(until, this.#pausedUntil.get(budget) ?? 0));
  }

  #release(budget: string): void {
    const left = (this.#inFlight.get(budget) ?? 1) - 1;
    if (left === 0) this.#inFlight.delete(budget);
    else this.#inFlight.set(budget, left);
  }

  /** Resolves when a batch of anybody's has ended, or the signal fires. */
  #capacity(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiters.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiters.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

/** What is not asked for yet, by budget: a crowd in one mailbox is not gone through again for every batch. */
type Queues = Map<string, BudgetedRequest[]>;

function queuesOf(tenant: string, requests: readonly BudgetedRequest[]): Queues {
  const queues: Queues = new Map();
  for (const request of requests) {
    const budget = budgetOf(tenant, request);
    const queue = queues.get(budget);
    if (queue) queue.push(request);
    else queues.set(budget, [request]);
  }
  return queues;
}

function budgetOf(tenant: string, request: BudgetedRequest): string {
  return `${tenant}/${request.mailbox ?? ''}`;
}

function noAnswer(): Answer {
  return { status: 'unreachable', message: 'Graph gave no answer in time' };
}
