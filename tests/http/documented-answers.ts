import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance } from 'fastify';

/*
 * Every answer of a route under /api has to be one that the OpenAPI document has. Fastify tells of a new instance before anything
 * is added to it, so the hook stands in every room of the app, whatever the app does later.
 */

const NEW_INSTANCE = 'fastify.initialization';

/** Builds an app whose answers are compared with its document. @returns it, and the answers found undocumented so far */
export async function comparingAnswers(
  build: () => Promise<FastifyInstance>,
): Promise<{ app: FastifyInstance; undocumented: string[] }> {
  const undocumented: string[] = [];
  let documented: ReturnType<typeof answersOf> | undefined;
  const watch = (message: unknown): void => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onResponse', async (request, reply) => {
      const { url, method } = request.routeOptions;
      if (url === undefined || !url.startsWith('/api') || method === 'OPTIONS') return;
      documented ??= answersOf(request.server);
      const answer = `${request.method} ${url} ${reply.statusCode}`;
      if (!documented.has(answer)) undocumented.push(answer);
    });
  };
  subscribe(NEW_INSTANCE, watch);
  const building = build();
  unsubscribe(NEW_INSTANCE, watch);
  return { app: await building, undocumented };
}

function answersOf(app: FastifyInstance): ReadonlySet<string> {
  const document: unknown = app.swagger();
  const { paths } = document as { paths: Record<string, Record<string, { responses: object }>> };
  return new Set(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { responses }]) =>
        Object.keys(responses).map(
          (status) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')} ${status}`,
        ),
      ),
    ),
  );
}
