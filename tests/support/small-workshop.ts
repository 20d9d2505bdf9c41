import { clientStateSecret, makeClientState } from '../../src/core/client-state.ts';
import { ALL_LANES, encodePosts } from '../../src/core/inbox.ts';
import type { FetchRequest, GraphAnswer } from '../../src/ports/graph-api.ts';
import type { Work } from '../../src/ports/queue.ts';
import type { Watch } from '../../src/ports/subscription-store.ts';
import { FetchBudget } from '../../src/steps/process/fetch-budget.ts';
import { processInbox, type ProcessDeps } from '../../src/steps/process/process-inbox.ts';
import { adjustableClock, type AdjustableClock } from './adjustable-clock.ts';
import { recordingLog } from './logs.ts';
import { smallInbox, type SmallInbox } from './small-inbox.ts';

export const SECRET = clientStateSecret(Buffer.alloc(32, 5));
export const TENANT = '8ed4a2b4-1b4f-4e0d-9d6a-6c6f3b0f8a11';
export const OTHER_TENANT = '2c9d4f5e-7777-4c1b-8a2e-0d0d0d0d0d0d';

/** A subscription to a mailbox, as the worker needs it. */
export function mailWatch(fields: Partial<Watch> = {}): Watch {
  return {
    key: 'anna000000000000',
    tenant: TENANT,
    resource: 'users/anna/messages',
    fetch: 'get',
    status: 'active',
    graphIds: ['graph-anna'],
    awaitsId: false,
    ...fields,
  };
}

/** What Graph posts about it; every member can be given. */
export function changeOf(watch: Watch, name: string, fields: object = {}): object {
  return {
    subscriptionId: watch.graphIds.at(-1),
    clientState: makeClientState(SECRET, watch.key),
    tenantId: watch.tenant,
    changeType: 'updated',
    resource: `${watch.resource}/${name}`,
    resourceData: { id: name, '@odata.etag': `W/"${name}-1"` },
    ...fields,
  };
}

export type AnswerFor = (
  path: string,
  tenant: string,
  signal: AbortSignal,
) => GraphAnswer<unknown> | Promise<GraphAnswer<unknown>>;

export interface SmallWorkshop extends SmallInbox {
  deps: ProcessDeps;
  clock: AdjustableClock;
  lines: ReturnType<typeof recordingLog>['lines'];
  heads: number[];
  woken: Work[];
  /** Hints that were given for later, with their delays. */
  hints: [string, number][];
  /** Batches asked of Graph. */
  asked: { tenant: string; paths: string[] }[];
  /** How Graph answers from now on. */
  answer: AnswerFor;
  /** One post of these notifications, in a row of its own. @returns the row */
  post(items: readonly object[], lane?: number): number;
  /** Drains all lanes until nothing is due. */
  drain(): Promise<void>;
  /** Moves the clock and drains, as often as asked. */
  after(ms: number, times?: number): Promise<void>;
}

const answerWithPath: AnswerFor = (path) => ({ status: 'ok', value: { path } });

/** Everything a worker of the inbox needs, in memory, at a time that stands still. */
export function smallWorkshop(watches: Watch[] = [mailWatch()]): SmallWorkshop {
  const clock = adjustableClock();
  const inbox = smallInbox(clock, watches);
  const log = recordingLog();
  const asked: SmallWorkshop['asked'] = [];
  const heads: number[] = [];
  const woken: Work[] = [];
  const hints: SmallWorkshop['hints'] = [];
  const graph = {
    async fetchResources(tenant: string, requests: readonly FetchRequest[], signal: AbortSignal) {
      asked.push({ tenant, paths: requests.map(({ path }) => path) });
      return Promise.all(requests.map(async ({ path }) => workshop.answer(path, tenant, signal)));
    },
  };
  const deps: ProcessDeps = {
    store: inbox.store,
    budget: new FetchBudget({ graph, clock }),
    clock,
    log,
    owner: 'worker-a',
    appended: (head) => heads.push(head),
    hint: ({ queue, id }, delayMs) => hints.push([`${queue}/${id}`, delayMs]),
    slowTenants: new Map(),
    fetchPatienceMs: 3_600_000,
    queue: {
      wake: (work) => {
        woken.push(work);
        return Promise.resolve();
      },
    },
  };
  const drain = async (): Promise<void> => {
    const { signal } = new AbortController();
    for (let lane = 0; lane < ALL_LANES; lane++) await processInbox(deps, lane, signal);
  };
  const workshop: SmallWorkshop = Object.assign(inbox, {
    deps,
    clock,
    lines: log.lines,
    heads,
    woken,
    hints,
    asked,
    answer: answerWithPath,
    post: (items: readonly object[], lane = 0) =>
      inbox.add(
        lane,
        encodePosts([
          {
            receivedAt: new Date(clock.now()).toISOString(),
            body: JSON.stringify({ value: items, validationTokens: ['token'] }),
            items: items.length,
          },
        ]),
        items.length,
      ),
    drain,
    async after(ms: number, times = 1) {
      for (let turn = 0; turn < times; turn++) {
        clock.advance(ms);
        await drain();
      }
    },
  });
  return workshop;
}
