import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { HubError } from '../../core/errors.ts';
import type { AppDeps } from '../app-deps.ts';
import type { Guard } from '../auth.ts';
import { bearerOf } from '../credentials.ts';
import { storeMetrics } from '../store-metrics.ts';
import type { App } from '../typed-app.ts';

export type MetricsRoutesDeps = Pick<AppDeps, 'metrics' | 'metricsToken' | 'store' | 'clock' | 'log'>;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Headers that only a proxy sends: behind one every caller seems to be on loopback. */
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

export function metricsRoutes(app: App, deps: MetricsRoutesDeps, guard: Guard): void {
  const { registry } = deps.metrics;
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    const { metricsToken } = deps;
    if (metricsToken === null) admitLoopback(request);
    else if (!bears(request, metricsToken)) await guard.refuse(request, reply);
    const texts = await Promise.all([registry.metrics(), storeMetrics(deps)]);
    return reply.type(registry.contentType).send(texts.join(''));
  });
}

function admitLoopback(request: FastifyRequest): void {
  if (!isLoopback(request))
    throw new HubError(
      'forbidden',
      'Metrics are for loopback only: set METRICS_TOKEN to read them from here.',
    );
}

function bears(request: FastifyRequest, token: string): boolean {
  const given = bearerOf(request);
  return given !== null && timingSafeEqual(digest(given), digest(token));
}

function isLoopback(request: FastifyRequest): boolean {
  if (PROXY_HEADERS.some((name) => request.headers[name] !== undefined)) return false;
  const address = request.socket.remoteAddress ?? '';
  const family = isIP(address);
  return family !== 0 && LOOPBACK.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
