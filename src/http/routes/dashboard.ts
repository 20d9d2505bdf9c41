import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { notFound } from '../problem.ts';
import type { App } from '../typed-app.ts';

/** The addresses of programs: nothing under them is ever a page. */
const NOT_PAGES = /^\/(?:api|graph|healthz|readyz|metrics)(?:[/?]|$)/;

/**
 * The built dashboard. Its pages have addresses of their own that no file has: a browser that opens one gets `index.html`. Names
 * under `assets/` carry a hash of their content and may be kept for ever.
 */
export async function dashboardRoutes(app: App, dir: string): Promise<void> {
  const isBuilt = existsSync(join(dir, 'index.html'));
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: dir,
      cacheControl: false,
      dotfiles: 'deny',
      setHeaders: (reply, path) => {
        const isHashed = path.includes(`${sep}assets${sep}`);
        void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    if (!opensPage(request)) throw notFound('There is nothing at this address.');
    return isBuilt ? reply.sendFile('index.html') : sendNotBuilt(reply);
  });
}

function opensPage(request: FastifyRequest): boolean {
  if (request.method !== 'GET' || NOT_PAGES.test(request.url)) return false;
  return (request.headers.accept ?? '').includes('text/html');
}

function sendNotBuilt(reply: FastifyReply): FastifyReply {
  return reply.code(503).type('text/html; charset=utf-8').header('cache-control', 'no-store').send(NOT_BUILT);
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Heliograph</title>
<h1>The dashboard is not built</h1>
<p>The hub works without it. To build it, run <code>npm run build</code> in the clone and start again.</p>
`;
