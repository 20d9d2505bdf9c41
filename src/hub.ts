import { randomUUID } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';
import { bullQueue } from './adapters/bullmq/bull-queue.ts';
import { tenantCredential } from './adapters/graph/credentials.ts';
import { graphApi } from './adapters/graph/graph-api.ts';
import { postgresStore } from './adapters/postgres/store.ts';
import { signedTokens } from './adapters/tokens/signed-tokens.ts';
import type { WebPubSubAccount } from './adapters/web-pubsub/account.ts';
import { webPubSubChannel } from './adapters/web-pubsub/web-pubsub-channel.ts';
import type { Config, WebPubSubConnection } from './config/load-config.ts';
import { clientStateSecret, type ClientStateSecret } from './core/client-state.ts';
import { HubError, messageOf } from './core/errors.ts';
import { requireFreeAddress } from './http/listening.ts';
import { hubMetrics, type HubMetrics } from './http/metrics.ts';
import { meteredChannel, meteredStore } from './http/metered.ts';
import { LogTail } from './http/log-tail.ts';
import { fillIn, holdDataDir, type FillIn, type Filled } from './local/fill-in.ts';
import type { Clock } from './ports/clock.ts';
import type { GraphApi } from './ports/graph-api.ts';
import type { Log } from './ports/log.ts';
import type { Queue, Work } from './ports/queue.ts';
import type { RealtimeChannel } from './ports/realtime-channel.ts';
import type { SignedTokens } from './ports/signed-tokens.ts';
import type { Store } from './ports/store.ts';
import { FetchBudget } from './steps/process/fetch-budget.ts';
import { GroupCommit } from './steps/receive/group-commit.ts';
import { LINGER_MS, Nudges } from './steps/nudges.ts';
import { paced } from './steps/paced.ts';
import { ForgeryWatch } from './steps/receive/watch-forgeries.ts';

/*
 * The composition: the one file that knows which adapter stands behind which port. The hub is every step's deps at once.
 */

/** The destination that exists from the start. */
export const REALTIME = 'realtime';

export interface Hub {
  config: Config;
  filled: Filled;
  store: Store;
  queue: Queue;
  graph: GraphApi;
  realtime: RealtimeChannel;
  clock: Clock;
  log: Log;
  metrics: HubMetrics;
  counters: HubMetrics['counters'];
  tail: LogTail;
  inbox: GroupCommit;
  forgeries: ForgeryWatch;
  budget: FetchBudget;
  slowTenants: Map<string, number>;
  fetchPatienceMs: number;
  /** Names this process in leases. */
  owner: string;
  clientStateSecrets: readonly [ClientStateSecret, ...ClientStateSecret[]];
  sessionTokens: SignedTokens;
  negotiatedTokens: SignedTokens;
  /** Base of the URLs that Graph is given. Known once the server listens, where PUBLIC_URL is not set. */
  publicUrl: string;
  /** Fires when this process begins to stop. */
  stopping: AbortSignal;
  appended(): void;
  nudges: Nudges;
  /** Gives a hint, for now or for later, and does not wait for it; one that is lost is made up for by the sweep. */
  hint(work: Work, delayMs?: number): void;
  close(): Promise<void>;
}

/** What may end a hub, from inside and from outside. */
export interface Life {
  /** Called when something is gone that the hub cannot go on without. */
  fatal: (error: Error) => void;
  stopping: AbortSignal;
}

/**
 * Opens everything this process needs; what was opened is closed again when a later part fails.
 */
export async function openHub(config: Config, log: Log, { fatal, stopping }: Life): Promise<Hub> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse())
      await closer().catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'hub.close_failed'));
  };
  try {
    return await compose({ config, log, closers, fatal }, { close, stopping });
  } catch (error) {
    await close();
    throw error;
  }
}

async function compose(fill: FillIn, { close, stopping }: Pick<Hub, 'close' | 'stopping'>): Promise<Hub> {
  const { config, log, closers } = fill;
  const clock: Clock = { now: Date.now, random: Math.random };
  const metrics = hubMetrics();
  // The folder before the address: whoever starts the same hub twice is told that, rather than of a port.
  await holdDataDir(fill);
  await requireFreeAddress(config.http);
  const filled = await fillIn(fill);
  const { databaseUrl, embedded, masterKeys, graph: graphSettings, webPubSub } = filled;

  const opened = await postgresStore({ url: databaseUrl, log, connections: embedded ? 4 : 10 });
  closers.push(() => opened.close());
  const store = meteredStore(opened, metrics.counters, clock);
  await store.ensureDestination(REALTIME, 'realtime');

  const queue = bullQueue(
    { log },
    config.redis === null
      ? { postgresUrl: databaseUrl, schema: embedded ? 'public' : 'heliograph_queue', embedded }
      : { redisUrl: redisUrl(config.redis) },
  );
  closers.push(() => queue.close());

  const tenants =
    graphSettings === null
      ? []
      : [
          {
            id: graphSettings.credential.tenantId,
            credential: tenantCredential(graphSettings.credential, graphSettings.authorityUrl),
          },
        ];
  const graph = graphApi({ graphUrl: graphSettings?.url ?? config.graph.url, tenants });
  const channel = webPubSubChannel(accountOf(webPubSub, tenants[0]?.credential), config.webPubSub.hub);

  const tail = new LogTail({ store, log });
  closers.push(() => Promise.resolve(tail.stop()));
  const nudges = new Nudges();
  const hint = (work: Work, delayMs = 0): void => {
    if (delayMs <= 0 && nudges.nudge(work)) return;
    queue
      .wake(work, { delayMs })
      .catch((error: unknown) => log.debug({ ...work, reason: messageOf(error) }, 'hint.lost'));
  };
  const appended = (): void => {
    hint({ queue: 'deliver-events', id: REALTIME });
    tail.nudge();
  };
  const forgeries = new ForgeryWatch({ store, clock, log, counters: metrics.counters, appended });
  closers.push(() => forgeries.close());
  const tokens = (purpose: string): SignedTokens => signedTokens({ purpose, secrets: masterKeys, clock });
  const [first, ...others] = masterKeys;
  return {
    config,
    filled,
    store,
    queue,
    graph,
    realtime: meteredChannel(channel, REALTIME, metrics.counters),
    clock,
    log,
    metrics,
    counters: metrics.counters,
    tail,
    inbox: new GroupCommit({
      store,
      committed: inboxHints(nudges, hint),
    }),
    forgeries,
    budget: new FetchBudget({ graph, clock }),
    slowTenants: new Map(),
    fetchPatienceMs: config.fetch.patienceMs,
    owner: randomUUID(),
    clientStateSecrets: [clientStateSecret(first), ...others.map(clientStateSecret)],
    sessionTokens: tokens('session'),
    negotiatedTokens: tokens('negotiated-token'),
    publicUrl: config.http.publicUrl ?? '',
    stopping,
    appended,
    nudges,
    hint,
    close,
  };
}

/**
 * A commit of the receiver comes every few milliseconds under load, and a hint through the queue costs a millisecond of CPU (measured on
 * a small machine), as much as the commit. The runner that the last one woke, in whatever process, lingers for so long at least: a hint
 * that came sooner would wait for its end.
 */
function inboxHints(nudges: Nudges, hint: (work: Work) => void): (lane: number) => void {
  const hintLane = paced(LINGER_MS, (lane: number) => hint(laneWork(lane)));
  return (lane) => {
    if (!nudges.nudge(laneWork(lane))) hintLane(lane);
  };
}

function laneWork(lane: number): Work {
  return { queue: 'process-inbox', id: String(lane) };
}

/** The list form that the queue reads; one URL that stands for a cluster says so in its query. */
function redisUrl({ urls, cluster }: NonNullable<Config['redis']>): string {
  const [only = '', ...more] = urls;
  return cluster && more.length === 0 ? `${only}?cluster=true` : urls.join(',');
}

function accountOf(
  connection: WebPubSubConnection,
  credential: TokenCredential | undefined,
): WebPubSubAccount {
  if (connection.kind === 'connection_string') return { connectionString: connection.connectionString };
  if (credential !== undefined) return { endpoint: connection.endpoint, credential };
  throw new HubError('configuration', 'WEB_PUBSUB_ENDPOINT needs the credential of a tenant.');
}
