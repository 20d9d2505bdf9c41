import { setTimeout as pause } from 'node:timers/promises';
import { makeClientState, type ClientStateSecret } from '../../src/core/client-state.ts';
import { seededRandom, type SeededRandom } from '../../src/local/graph-simulator/seeded-random.ts';

/** A mailbox that is watched, as a notification names it. */
export interface LoadWatch {
  key: string;
  graphId: string;
  tenant: string;
  user: string;
}

export interface LoadOptions {
  url: string;
  secret: ClientStateSecret;
  watches: readonly LoadWatch[];
  seed: number;
  /** Posts under way at once. */
  posters?: number;
  /** Each poster waits up to this between two posts. */
  pauseMs?: number;
  /** Ids of messages to tell of; made up when left out. */
  messages?: (watch: LoadWatch) => readonly string[];
}

/** How one post was answered. `status` is null when it was not: refused, reset, or no answer in time. */
export interface PostAnswer {
  at: number;
  status: number | null;
  tookMs: number;
}

/** Posts notifications as Graph does, and keeps what the hub has promised by its answers. */
export interface Load {
  /** Versions that were answered 202. */
  accepted: ReadonlySet<string>;
  /** Versions that were posted at all. */
  posted: ReadonlySet<string>;
  /**
   * Those that must not be in the log twice. Where a notification names no version, a retry of Graph's may double its event: such a
   * one is here only when its first post was answered.
   */
  onlyOnce: ReadonlySet<string>;
  answers: readonly PostAnswer[];
  /** No new posts; what was not answered is tried again until it is. */
  stop(): Promise<void>;
}

const ANSWER_WITHIN_MS = 10_000;
const MOST_ITEMS = 20;
/** Graph gives up after hours; here some posts that failed are given up on at once. */
const GIVEN_UP = 0.1;

/** The name of one version of a thing, in a notification and in its event. */
export function versionName(key: string, subject: string, etag: unknown): string {
  return `${key} ${subject} ${typeof etag === 'string' ? etag : ''}`;
}

interface Post {
  items: object[];
  versions: { name: string; named: boolean }[];
}

export function startLoad(options: LoadOptions): Load {
  const { url, posters = 6, pauseMs = 60, seed } = options;
  const accepted = new Set<string>();
  const posted = new Set<string>();
  const onlyOnce = new Set<string>();
  const answers: PostAnswer[] = [];
  const stopping = new AbortController();

  const attempt = async (post: Post): Promise<number | null> => {
    const at = Date.now();
    const startedAt = performance.now();
    let status: number | null = null;
    try {
      status = await postNotifications(url, post.items);
    } catch {
      // Refused, reset or late: whether it was committed nobody can tell.
    }
    answers.push({ at, status, tookMs: performance.now() - startedAt });
    return status;
  };

  const deliver = async (post: Post, random: SeededRandom): Promise<void> => {
    for (const { name, named } of post.versions) {
      posted.add(name);
      if (named) onlyOnce.add(name);
    }
    for (let tries = 1; ; tries++) {
      if ((await attempt(post)) === 202) {
        for (const { name } of post.versions) {
          accepted.add(name);
          if (tries === 1) onlyOnce.add(name);
        }
        return;
      }
      if (random.chance(GIVEN_UP)) return;
      await pause(random.between(50, 250));
    }
  };

  const poster = async (number: number): Promise<void> => {
    const random = seededRandom(`load/${seed}/${number}`);
    while (!stopping.signal.aborted) {
      await deliver(composePost(options, random, number), random);
      await pause(random.next() * pauseMs);
    }
  };
  const working = Array.from({ length: posters }, (_, number) => poster(number));
  return {
    accepted,
    posted,
    onlyOnce,
    answers,
    stop: async () => {
      stopping.abort();
      await Promise.all(working);
    },
  };
}

/** What Graph says of a new message in a watched mailbox. */
export function notificationOf(secret: ClientStateSecret, watch: LoadWatch, id: string, etag?: string) {
  const resource = `Users/${watch.user}/Messages/${id}`;
  return {
    subscriptionId: watch.graphId,
    subscriptionExpirationDateTime: '2036-01-01T00:00:00.0000000Z',
    changeType: 'created',
    resource,
    resourceData: {
      '@odata.type': '#Microsoft.Graph.Message',
      '@odata.id': resource,
      '@odata.etag': etag,
      id,
    },
    clientState: makeClientState(secret, watch.key),
    tenantId: watch.tenant,
  };
}

/** Posts notifications as one collection. @returns the status of the answer */
export async function postNotifications(url: string, items: readonly object[]): Promise<number> {
  const response = await fetch(`${url}/graph/notifications`, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ value: items }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  await response.arrayBuffer();
  return response.status;
}

/** 1 to 20 items of mixed subscriptions; some a second time, some without a version. */
function composePost({ secret, watches, messages }: LoadOptions, random: SeededRandom, number: number): Post {
  const versions: Post['versions'] = [];
  const count = random.between(1, MOST_ITEMS);
  const items = Array.from({ length: count }, () => {
    const watch = random.pick(watches);
    const named = messages !== undefined || random.chance(0.9);
    const id = random.pick(messages?.(watch) ?? [`AAMk${random.bytes(12).toString('hex')}`]);
    const etag = named ? `W/"${number}-${random.bytes(9).toString('base64url')}"` : undefined;
    versions.push({ name: versionName(watch.key, `users/${watch.user}/messages/${id}`, etag), named });
    return { ...notificationOf(secret, watch, id, etag), changeType: random.pick(['created', 'updated']) };
  });
  // Graph sends some of them twice, in one post or in two.
  const twice = items.filter((item) => item.resourceData['@odata.etag'] !== undefined && random.chance(0.05));
  return { items: [...items, ...twice], versions };
}

/** One line on how a load went, for whoever reads the output of the run. */
export function loadInWords({ accepted, answers }: Load): string {
  const took = answers.filter(({ status }) => status === 202).map(({ tookMs }) => tookMs);
  const sorted = took.toSorted((a, b) => a - b);
  const at = (part: number): string =>
    `${Math.round(sorted[Math.floor((sorted.length - 1) * part)] ?? 0)} ms`;
  const others = Map.groupBy(answers, ({ status }) => status ?? 'unanswered');
  const failed = [...others].flatMap(([status, of]) => (status === 202 ? [] : [`${of.length} ${status}`]));
  return `${accepted.size} items in ${took.length} posts answered 202 (median ${at(0.5)}, p99 ${at(0.99)}, slowest ${at(1)}); ${failed.join(', ') || 'none failed'}`;
}
