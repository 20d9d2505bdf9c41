import { PEOPLE } from '../src/local/graph-simulator/people.ts';
import { until } from '../tests/support/until.ts';
import { ADMIN_API_KEY, runHub, type RunningHub } from './hub-process.ts';
import { runLoad } from './load.ts';
import { postOf, type Watched } from './notifications.ts';
import { onServers } from './places.ts';
import { runSimulator } from './simulator-process.ts';
import { watchUser } from './watch.ts';

export interface ThroughputResult {
  posted: number;
  /** Events the log held at the end. */
  logged: number;
  /** From the first post to the last event in the log. */
  seconds: number;
  perSecond: number;
}

/** (c) Notifications a second through the whole path: from the first post until everything posted is in the log. */
export async function benchThroughput(
  itemsPerPost: number,
  seconds = 8,
  more: Record<string, string> = {},
): Promise<ThroughputResult> {
  const place = await onServers();
  const hub = await runHub({ ...place.settings, ...more });
  try {
    const watched = await watchUser(hub, 'none');
    const messages = Array.from({ length: itemsPerPost }, (_, index) => `AAMkAD@N@x${index}`);
    await run(hub, [postOf(watched, '@N@', messages)], 2, itemsPerPost);
    return await run(hub, [postOf(watched, '@N@', messages)], seconds, itemsPerPost);
  } finally {
    await hub.stop();
    await place.dispose();
  }
}

/** How many messages lie in each mailbox, so that posts in flight together seldom speak of the same one. */
const MESSAGES = 900;
const MAILBOXES = 12;

/** The same with every changed message fetched, in `$batch`, from the simulator in a process of its own. */
export async function benchFetching(itemsPerPost: number, seconds = 8): Promise<ThroughputResult> {
  const place = await onServers();
  const simulator = await runSimulator();
  const hub = await runHub({ ...place.settings, ...simulator.settings });
  try {
    const bodies: string[] = [];
    const mailboxes: { watched: Watched; messages: string[] }[] = [];
    for (let index = 0; index < MAILBOXES; index++) {
      const user = PEOPLE[index]?.id ?? '';
      const messages = await simulator.makeMessages(user, MESSAGES);
      mailboxes.push({ watched: await watchUser(hub, 'get', index), messages });
    }
    for (let from = 0; from + itemsPerPost <= MESSAGES; from += itemsPerPost)
      for (const { watched, messages } of mailboxes)
        bodies.push(postOf(watched, '@N@', messages.slice(from, from + itemsPerPost)));
    await run(hub, bodies, 2, itemsPerPost);
    return await run(hub, bodies, seconds, itemsPerPost);
  } finally {
    await hub.stop();
    await simulator.stop();
    await place.dispose();
  }
}

async function run(
  hub: RunningHub,
  bodies: readonly string[],
  seconds: number,
  itemsPerPost: number,
): Promise<ThroughputResult> {
  const before = await head(hub);
  const start = performance.now();
  const load = await runLoad(`${hub.url}/graph/notifications`, seconds, bodies);
  if (load.errors > 0) throw new Error(`${load.errors} posts were not answered 202`);
  const posted = load.requests * itemsPerPost;
  let logged = 0;
  // wrk stops with posts under way: those may or may not be in the log.
  await until(
    async () => {
      logged = (await head(hub)) - before;
      return logged >= posted;
    },
    { timeoutMs: 120_000, everyMs: 20, what: `${posted} events in the log` },
  );
  const took = (performance.now() - start) / 1000;
  return { posted, logged, seconds: took, perSecond: logged / took };
}

async function head(hub: RunningHub): Promise<number> {
  const response = await fetch(`${hub.url}/api/v1/destinations`, {
    headers: { authorization: `Bearer ${ADMIN_API_KEY}` },
  });
  const { items } = (await response.json()) as { items: { cursor: string; lag: number }[] };
  const [realtime] = items;
  return Number(realtime?.cursor ?? 0) + (realtime?.lag ?? 0);
}
