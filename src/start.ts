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
import type { Config } from './config/load-config.ts';
import { HubError, messageOf } from './core/errors.ts';
import { buildApp } from './http/app.ts';
import { SignInCodes } from './http/sign-in-codes.ts';
import { openHub, type Hub } from './hub.ts';
import { createFirstSubscriptions } from './local/first-subscriptions.ts';
import { createSubscription } from './steps/create-subscription.ts';
import { deleteSubscription } from './steps/delete-subscription.ts';
import { receiveNotifications } from './steps/receive-notifications.ts';
import { renewDue } from './steps/renew-due.ts';
import { renewSubscription } from './steps/renew-subscription.ts';

/** Where a start may write, and what ends it. */
export interface StartDeps {
  stdout: { write(text: string): unknown; isTTY?: boolean };
  /** Fires when the hub shall stop: requests and jobs in flight are finished first. */
  signal: AbortSignal;
}

/** Whatever is in flight gets this long to finish. */
const STOP_WITHIN_MS = 10_000;
const CLOSE_IDLE_EVERY_MS = 50;
const BOOTSTRAP_KEY = 'bootstrap';

/** Runs a hub with the roles of its settings until the signal fires. Throws HubError when it cannot start. */
export async function startHub(config: Config, deps: StartDeps): Promise<number> {
  // On a terminal the log would scroll the banner away; in a pipe or a container it is what is wanted.
  const logFile =
    config.mode === 'local' && deps.stdout.isTTY === true ? join(config.dataDir, 'heliograph.log') : null;
  const log = openLogger(config.log.level, logFile);
  const broken = new AbortController();
  const hub = await openHub(config, log, (error) => {
    log.error({ reason: error.message }, 'hub.broken');
    broken.abort();
  });
  const codes = new SignInCodes();
  let app: FastifyInstance | null = null;
  const running: { stop(): Promise<void> }[] = [];
  try {
    if (hub.filled.adminApiKey !== null)
      await hub.store.putApiKey(BOOTSTRAP_KEY, 'admin', sha256(hub.filled.adminApiKey));
    app = await appOf(hub, log, codes);
    const address = await listen(app, config);
    hub.publicUrl = config.http.publicUrl ?? address;
    running.push(...startRoles(hub));
    if (hub.filled.simulator !== null) await createFirstSubscriptions(hub);
    const signInCode = config.mode === 'local' && hub.filled.adminApiKey !== null ? codes.issue() : null;
    deps.stdout.write(bannerOf({ config, filled: hub.filled, address, signInCode, logFile }));
    log.info({ version: manifest.version, mode: config.mode, roles: config.roles, address }, 'hub.started');
    await fired(AbortSignal.any([deps.signal, broken.signal]));
  } finally {
    await stop(hub, app, running);
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

function appOf(hub: Hub, log: Logger, codes: SignInCodes): Promise<FastifyInstance> {
  const { config, filled } = hub;
  return buildApp({
    ...hub,
    log,
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

async function listen(app: FastifyInstance, { http }: Config): Promise<string> {
  try {
    await app.listen({ host: http.host, port: http.port });
  } catch (error) {
    throw new HubError(
      'configuration',
      `The hub cannot listen on ${http.host}:${http.port} (${messageOf(error)}). Stop what is there, or set another PORT.`,
      { cause: error },
    );
  }
  const bound = app.server.address();
  // What listens everywhere is reached on loopback from this machine.
  const host = http.host === '0.0.0.0' || http.host === '::' ? '127.0.0.1' : http.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${typeof bound === 'object' && bound !== null ? bound.port : http.port}`;
}

/** In the order of the flow: no new requests, then no new jobs, then the connections. */
async function stop(
  hub: Hub,
  app: FastifyInstance | null,
  running: readonly { stop(): Promise<void> }[],
): Promise<void> {
  hub.log.info({}, 'hub.stopping');
  const finished = (async () => {
    if (app !== null) await closeApp(app);
    await Promise.all(running.map((each) => each.stop()));
    await hub.close();
    return true;
  })();
  const inTime = await Promise.race([finished, afterTimeout(STOP_WITHIN_MS)]);
  if (!inTime) hub.log.warn({ afterMs: STOP_WITHIN_MS }, 'hub.stopped_in_flight');
}

/** A connection that was busy when the server began to close would be kept for another request, and the end would wait for it. */
async function closeApp(app: FastifyInstance): Promise<void> {
  const closing = setInterval(() => app.server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
  try {
    await app.close();
  } finally {
    clearInterval(closing);
  }
}

function afterTimeout(ms: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), ms).unref();
  });
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
