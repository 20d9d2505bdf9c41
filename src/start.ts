import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import manifest from '../package.json' with { type: 'json' };
import { workOnDeliveries } from '../workers/deliver-events.ts';
import { workOnInbox } from '../workers/process-inbox.ts';
import { workOnSubscriptions } from '../workers/renew-subscription.ts';
import { startScheduler } from '../workers/scheduler.ts';
import { openLogger } from './adapters/pino/logger.ts';
import { bannerOf } from './banner.ts';
import { isLoopback } from './config/kinds.ts';
import type { Config } from './config/load-config.ts';
import { messageOf } from './core/errors.ts';
import { buildApp } from './http/app.ts';
import { closeApp, Connections, type CloseTiming } from './http/close-app.ts';
import { inUrl, listen } from './http/listening.ts';
import { Outages } from './http/outages.ts';
import { SignInCodes } from './http/sign-in-codes.ts';
import { openHub, type Hub } from './hub.ts';
import { createFirstSubscriptions } from './local/first-subscriptions.ts';
import type { Log } from './ports/log.ts';
import { createSubscription } from './steps/keep-alive/create-subscription.ts';
import { deleteSubscription } from './steps/keep-alive/delete-subscription.ts';
import { noteEndpoints } from './steps/keep-alive/note-endpoints.ts';
import { noteTenants } from './steps/keep-alive/note-tenants.ts';
import { receiveNotifications } from './steps/receive/receive-notifications.ts';
import { renewDue } from './steps/keep-alive/renew-due.ts';
import { renewSubscription } from './steps/keep-alive/renew-subscription.ts';

/** Where a start may write, and what ends it. */
export interface StartDeps {
  stdout: { write(text: string): unknown; isTTY?: boolean };
  /** How a person calls the command line, for the banner. */
  calledAs: string;
  /** Fires when the hub shall stop: requests and jobs in flight are finished first. */
  signal: AbortSignal;
}

/* A stop is over within 10 s: whatever is in flight gets the first part of them, closing the connections the rest. */
const FINISH_WITHIN_MS = 7_000;
const CLOSE_WITHIN_MS = 2_500;
const REQUESTS: CloseTiming = { arriveWithinMs: 3_000, answerWithinMs: 6_500 };
/** The log is in a file then, and without a word a stop that takes its time looks like none. */
const STOPPING_WORDS =
  '\nStopping: what is in flight is finished first, which takes 10 s at most. Ctrl-C again ends it at once.\n';
/** What is being opened when the signal fires gets this long to be closed in order. */
const ABANDON_AFTER_MS = 2_000;
const BOOTSTRAP_KEY = 'bootstrap';

/** Runs a hub with the roles of its settings until the signal fires. Throws HubError when it cannot start. */
export async function startHub(config: Config, deps: StartDeps): Promise<number> {
  // On a terminal the log would scroll the banner away; in a pipe or a container it is what is wanted.
  const logFile =
    config.mode === 'local' && deps.stdout.isTTY === true ? join(config.dataDir, 'heliograph.log') : null;
  const log = openLogger(config.log.level, logFile);
  const broken = new AbortController();
  const stopping = AbortSignal.any([deps.signal, broken.signal]);
  const fatal = (error: Error): void => {
    log.error({ reason: error.message }, 'hub.broken');
    broken.abort();
  };
  const opening = openHub(config, log, { fatal, stopping });
  const hub = await Promise.race([opening, fired(deps.signal).then(() => null)]);
  if (hub === null) {
    await abandon(opening, log);
    return 0;
  }
  const codes = new SignInCodes();
  let served: Served | null = null;
  const running: { stop(): Promise<void> }[] = [];
  try {
    if (hub.filled.adminApiKey !== null)
      await hub.store.putApiKey(BOOTSTRAP_KEY, 'admin', sha256(hub.filled.adminApiKey));
    if (config.roles.includes('workers')) await noteTenants(hub);
    const outages = new Outages({ ...hub, log });
    running.push({ stop: () => Promise.resolve(outages.stop()) });
    const app = await appOf(hub, { log, codes, outages });
    served = { app, connections: new Connections(app.server) };
    const address = await listen(app, config.http);
    hub.publicUrl = config.http.publicUrl ?? address;
    running.push(...startRoles(hub));
    // Nobody waits for it: Graph may take its time.
    if (
      config.roles.includes('workers') &&
      (config.http.publicUrl !== null || config.roles.includes('receiver'))
    )
      void noteEndpoints(hub);
    if (hub.filled.simulator !== null) await createFirstSubscriptions(hub);
    const signInCode =
      hub.filled.adminApiKey !== null && mayShowSignIn(config, deps.stdout) ? codes.issue() : null;
    const { calledAs } = deps;
    deps.stdout.write(bannerOf({ config, filled: hub.filled, address, signInCode, logFile, calledAs }));
    log.info({ version: manifest.version, mode: config.mode, roles: config.roles, address }, 'hub.started');
    await fired(stopping);
    if (logFile !== null) deps.stdout.write(STOPPING_WORDS);
  } finally {
    await stop(hub, served, running);
  }
  return broken.signal.aborted ? 1 : 0;
}

function startRoles(hub: Hub): { stop(): Promise<void> }[] {
  const { roles } = hub.config;
  return [
    ...(roles.includes('workers') ? [workOnInbox(hub), workOnDeliveries(hub), workOnSubscriptions(hub)] : []),
    ...(roles.includes('scheduler') ? [startScheduler(hub)] : []),
  ];
}

interface Served {
  app: FastifyInstance;
  connections: Connections;
}

interface OfApp {
  log: Logger;
  codes: SignInCodes;
  outages: Outages;
}

function appOf(hub: Hub, { log, codes, outages }: OfApp): Promise<FastifyInstance> {
  const { config, filled } = hub;
  return buildApp({
    ...hub,
    log,
    outages,
    roles: config.roles,
    mode: config.mode,
    version: manifest.version,
    standIns: filled.standIns,
    publicUrl: config.http.publicUrl ?? 'http://127.0.0.1',
    steps: {
      receiveNotifications: (text) => receiveNotifications(hub, text),
      createSubscription: (wish) => createSubscription(hub, wish),
      renewSubscription: (key) => renewSubscription(hub, key),
      renewDue: () => renewDue(hub),
      deleteSubscription: (key) => deleteSubscription(hub, key),
    },
    signIn: config.mode === 'local' ? { codes, keyName: BOOTSTRAP_KEY } : null,
    metricsToken: config.http.metricsToken,
    corsOrigins: config.http.corsOrigins,
    realtimeOrigins: [realtimeOrigin(filled.webPubSub)],
    dashboardDir: fileURLToPath(new URL('../webapp/dist', import.meta.url)),
  });
}

/** Where a dashboard's socket goes, for the content security policy. */
function realtimeOrigin(connection: Hub['filled']['webPubSub']): string {
  const endpoint =
    connection.kind === 'identity'
      ? connection.endpoint
      : (/Endpoint=([^;]+)/i.exec(connection.connectionString)?.[1] ?? '');
  const port =
    connection.kind === 'identity' ? undefined : /Port=(\d+)/i.exec(connection.connectionString)?.[1];
  const url = new URL(endpoint);
  if (port !== undefined) url.port = port;
  return `${url.protocol === 'https:' ? 'wss' : 'ws'}://${url.host}`;
}

/**
 * Whether the banner may sign somebody in. It is for the person who started the hub: at a terminal, or where only this machine
 * reaches it; elsewhere what it says may end in a log that others read.
 */
function mayShowSignIn({ mode, http }: Config, stdout: StartDeps['stdout']): boolean {
  return mode === 'local' && (stdout.isTTY === true || isLoopback(new URL(`http://${inUrl(http.host)}`)));
}

/** Ends a start that was told to stop. What cannot be opened in time is left as a crash would leave it. */
async function abandon(opening: Promise<Hub>, log: Log): Promise<void> {
  log.info({}, 'hub.stopping');
  const closed = opening.then(
    (hub) => hub.close(),
    (error: unknown) => log.warn({ reason: messageOf(error) }, 'hub.start_failed'),
  );
  await within(ABANDON_AFTER_MS, closed, log);
}

/** First no new requests and no new jobs, side by side; then the connections, whatever became of those. */
async function stop(
  hub: Hub,
  served: Served | null,
  running: readonly { stop(): Promise<void> }[],
): Promise<void> {
  const { log } = hub;
  log.info({}, 'hub.stopping');
  const begun = performance.now();
  const finished = await Promise.all([
    served === null || within(FINISH_WITHIN_MS, closeApp(served.app, served.connections, REQUESTS), log),
    ...running.map((each) => within(FINISH_WITHIN_MS, each.stop(), log)),
  ]);
  const closed = await within(CLOSE_WITHIN_MS, hub.close(), log);
  if (!closed || finished.includes(false))
    log.warn({ afterMs: Math.round(performance.now() - begun) }, 'hub.stopped_in_flight');
}

/** Waits for an end, but no longer than that; one that fails is said and does not stop the others. @returns whether it came whole */
async function within(ms: number, ending: Promise<unknown>, log: Log): Promise<boolean> {
  const ended = ending.then(
    (value) => value !== false,
    (error: unknown) => {
      log.warn({ reason: messageOf(error) }, 'hub.close_failed');
      return false;
    },
  );
  let late: NodeJS.Timeout | undefined;
  const tooLate = new Promise<false>((resolve) => {
    late = setTimeout(() => resolve(false), ms);
  });
  return Promise.race([ended, tooLate]).finally(() => clearTimeout(late));
}

function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
