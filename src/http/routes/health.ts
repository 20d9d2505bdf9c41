import { Type } from 'typebox';
import { HubError } from '../../core/errors.ts';
import type { Guard } from '../auth.ts';
import type { Caller } from '../caller.ts';
import { isReady, readinessDetail, type ReadinessDeps } from '../readiness.ts';
import { Problem, problemAnswer } from '../schemas/common.ts';
import { Readiness } from '../schemas/health.ts';
import type { App } from '../typed-app.ts';
import { within } from '../../core/within.ts';

const tags = ['health'];
const KEYS_WITHIN_MS = 2_000;

export function healthRoutes(app: App, deps: ReadinessDeps, guard: Guard): void {
  /** One question to the database at a time, however many ask whether we are ready. */
  let checking: ReturnType<typeof isReady> | null = null;
  app.get(
    '/healthz',
    {
      exposeHeadRoute: true,
      schema: {
        operationId: 'isAlive',
        summary: 'Whether the process answers',
        tags,
        response: { 200: Type.Object({ status: Type.Literal('ok') }) },
      },
    },
    () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    {
      exposeHeadRoute: true,
      schema: {
        operationId: 'isReady',
        summary: 'Whether the roles of this process can work; the detail is for callers with a key',
        tags,
        response: {
          200: Readiness,
          401: problemAnswer('A wrong credential', Problem),
          429: problemAnswer('Too many wrong credentials from this address', Problem),
          503: Readiness,
        },
      },
    },
    async (request, reply) => {
      const { ok } = await (checking ??= isReady(deps).finally(() => (checking = null)));
      const caller = await callerIfKnown(() => guard.recognise(request, reply));
      const answer: Readiness =
        caller === null || caller.via === 'negotiated'
          ? { status: ok ? 'ready' : 'not_ready' }
          : await readinessDetail(deps);
      return reply.code(answer.status === 'ready' ? 200 : 503).send(answer);
    },
  );
}

/** When not even the keys can be read nobody is known, which must not keep "not ready" from being said. */
async function callerIfKnown(recognise: () => Promise<Caller | null>): Promise<Caller | null> {
  try {
    return await within(KEYS_WITHIN_MS, recognise());
  } catch (error) {
    if (error instanceof HubError && error.status < 500) throw error;
    return null;
  }
}
