import { Type } from 'typebox';
import { messageOf } from '../../core/errors.ts';
import type { SetAsideItem as StoredItem } from '../../ports/inbox-store.ts';
import type { AppDeps } from '../app-deps.ts';
import { pageFrom } from '../page.ts';
import { notFound } from '../problem.ts';
import { Limit, NoBody, notFoundAnswer } from '../schemas/common.ts';
import {
  RanSetAside,
  RunSetAside,
  SetAsideId,
  SetAsidePage,
  type SetAsideItem,
} from '../schemas/set-aside.ts';
import type { App } from '../typed-app.ts';

export type SetAsideRoutesDeps = Pick<AppDeps, 'store' | 'queue' | 'log'>;

const tags = ['set-aside'];
const ListQuery = Type.Object(
  { before: Type.Optional(SetAsideId), limit: Type.Optional(Limit) },
  { additionalProperties: false },
);

/** Notifications that could not become events, to be seen, run again or discarded. */
export function setAsideRoutes(app: App, { store, queue, log }: SetAsideRoutesDeps): void {
  app.get(
    '/api/v1/set-aside',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listSetAside',
        summary: 'Notifications set aside, newest first',
        tags,
        querystring: ListQuery,
        response: { 200: SetAsidePage },
      },
    },
    async ({ query: { before = null, limit = 100 } }) =>
      pageFrom((await store.listSetAside({ before, limit: limit + 1 })).map(shown), limit, ({ id }) =>
        String(id),
      ),
  );
  app.post(
    '/api/v1/set-aside/run',
    {
      config: { role: 'operator' },
      schema: {
        operationId: 'runSetAside',
        summary: 'Puts them back into the inbox',
        tags,
        body: RunSetAside,
        response: { 200: RanSetAside },
      },
    },
    async ({ body }) => {
      const { ran, lanes } = await store.runSetAside(body.ids ?? null);
      await Promise.all(lanes.map(wake));
      return { ran };
    },
  );
  app.delete(
    '/api/v1/set-aside/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'discardSetAside',
        summary: 'Forgets one for good',
        tags,
        params: Type.Object({ id: SetAsideId }),
        response: { 204: NoBody, 404: notFoundAnswer('There is nothing set aside with this id') },
      },
    },
    async ({ params }, reply) => {
      if (!(await store.discardSetAside(params.id)))
        throw notFound('There is nothing set aside with this id.');
      return reply.code(204).send(undefined);
    },
  );

  /** They are in the inbox whether or not the queue hears of it; the sweep makes up for that. */
  async function wake(lane: number): Promise<void> {
    try {
      await queue.wake({ queue: 'process-inbox', id: String(lane) });
    } catch (error) {
      log.warn({ lane, reason: messageOf(error) }, 'set_aside.not_woken');
    }
  }
}

function shown({
  id,
  code,
  message,
  subscriptionKey,
  resource,
  acceptedAt,
  setAsideAt,
}: StoredItem): SetAsideItem {
  return { id, code, message, subscription: subscriptionKey, resource, acceptedAt, setAsideAt };
}
