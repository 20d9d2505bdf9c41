import { randomUUID } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import fastifyRateLimit from '@fastify/rate-limit';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import {
  fastify,
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { HubRole } from '../core/role.ts';
import { ApiKeys } from './api-keys.ts';
import type { AppDeps } from './app-deps.ts';
import { buildGuard, guardRoute, type Guard } from './auth.ts';
import { refuseConnection } from './client-errors.ts';
import { identify, type CredentialDeps } from './credentials.ts';
import { crossOrigin } from './cross-origin.ts';
import { acceptJson } from './json-body.ts';
import { securePages } from './page-security.ts';
import { notFound, sendProblem } from './problem.ts';
import { dashboardRoutes } from './routes/dashboard.ts';
import { destinationRoutes } from './routes/destinations.ts';
import { eventStreamRoute } from './routes/event-stream.ts';
import { eventListRoute, eventRoutes } from './routes/events.ts';
import { graphRoutes } from './routes/graph.ts';
import { healthRoutes } from './routes/health.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { describeApi, openapiRoute } from './routes/openapi.ts';
import { realtimeRoutes } from './routes/realtime.ts';
import { sessionRoutes } from './routes/session.ts';
import { setAsideRoutes } from './routes/set-aside.ts';
import { subscriptionRoutes } from './routes/subscriptions.ts';
import { isSafe } from './session.ts';
import type { App } from './typed-app.ts';
import { useTypeBox } from './validation.ts';

/*
 * The app never listens by itself: `hub.ts` does, and tests inject. Three rooms side by side, so that the hot path of Graph carries
 * nothing of the others: /graph (receiver); health and metrics (any role); the API and the dashboard (api).
 */

const API_BODY_BYTES = 64 * 1024;
/** A request that takes longer to arrive is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;
const FAILURES_PER_MINUTE = 20;

export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    trustProxy: false,
    bodyLimit: API_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    exposeHeadRoutes: false,
    // Whoever is connected still while the hub stops is answered, not refused.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => void sendProblem(deps, error, request, reply),
    clientErrorHandler: refuseConnection,
  }).withTypeProvider<TypeBoxTypeProvider>();
  useTypeBox(app);
  app.decorateRequest('caller', null);
  app.setErrorHandler((error, request, reply) => sendProblem(deps, error, request, reply));
  await app.register(fastifyRateLimit, { global: false });
  const access = accessOf(app, deps);
  app.addHook('onRoute', (route) => guardRoute(access.guard, route));
  await describeApi(app, deps.version);

  if (has(deps, 'receiver')) await app.register(async (room: App) => graphRoutes(room, deps));
  await app.register(async (room: App) => {
    nameAnswers(room);
    await room.register(fastifyCookie);
    healthRoutes(room, deps, access.guard);
    metricsRoutes(room, deps, access.guard);
  });
  if (has(deps, 'api')) await app.register(async (room: App) => apiRoom(room, deps, access));
  else
    app.setNotFoundHandler(() => {
      throw notFound('There is nothing at this address.');
    });
  return app;
}

function has(deps: Pick<AppDeps, 'roles'>, role: HubRole): boolean {
  return deps.roles.includes(role);
}

interface Access {
  guard: Guard;
  credentials: CredentialDeps & { apiKeys: ApiKeys };
}

function accessOf(app: App, deps: AppDeps): Access {
  const max = deps.failuresPerMinute ?? FAILURES_PER_MINUTE;
  const limit = app.createRateLimit({ max, timeWindow: 60_000 });
  const credentials = { ...deps, apiKeys: new ApiKeys(deps) };
  const guard = buildGuard({
    ...credentials,
    countFailure: async (request) => {
      const counted = await limit(request);
      return !counted.isAllowed && counted.isExceeded ? counted.ttlInSeconds : 0;
    },
  });
  return { guard, credentials };
}

/** The API and the pages of the dashboard, with what only browsers need. */
async function apiRoom(room: App, deps: AppDeps, { credentials }: Access): Promise<void> {
  nameAnswers(room);
  await securePages(room, deps);
  await room.register(fastifyCookie);
  await room.register(async (api: App) => {
    acceptJson(api);
    api.addHook('onRequest', (_request, reply, done) => {
      void reply.header('cache-control', 'no-store');
      done();
    });
    api.addHook('onResponse', (request, reply, done) => {
      if (request.caller !== null && !isSafe(request.method))
        deps.log.info(actOf(request, reply), 'api.acted');
      done();
    });
    openapiRoute(api);
    sessionRoutes(api, { ...deps, ...credentials });
    subscriptionRoutes(api, deps);
    eventRoutes(api, deps);
    setAsideRoutes(api, deps);
    destinationRoutes(api, deps);
    await api.register(async (open: App) => {
      await crossOrigin(open, deps.corsOrigins);
      eventListRoute(open, deps);
      eventStreamRoute(open, {
        ...deps,
        stillAllowed: async (request) => (await identify(credentials, request)).status === 'known',
      });
      realtimeRoutes(open, deps);
    });
  });
  await dashboardRoutes(room, deps.dashboardDir);
}

/** Every answer carries the id under which the log has it. Graph reads none, and its answers are what has to be quick: theirs have it when they are problems. */
function nameAnswers(room: App): void {
  room.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
}

/** Who did what: the route as it is written and its path parameters, never a query, a header or a body. */
function actOf(request: FastifyRequest, reply: FastifyReply): object {
  return {
    requestId: request.id,
    method: request.method,
    route: request.routeOptions.url,
    params: request.params,
    caller: request.caller?.name ?? null,
    via: request.caller?.via ?? null,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime),
  };
}
