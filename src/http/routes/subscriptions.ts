import { Type } from 'typebox';
import { HubError } from '../../core/errors.ts';
import type { Refusal } from '../../core/remedy.ts';
import type { Subscription } from '../../core/subscription.ts';
import type { AppDeps } from '../app-deps.ts';
import { badInput, notFound } from '../problem.ts';
import { Limit, NoBody, notFoundAnswer, problemAnswer } from '../schemas/common.ts';
import {
  AlreadyWatched,
  NewSubscription,
  NotRenewed,
  RefusedByGraph,
  RenewDue,
  Subscription as SubscriptionAnswer,
  SubscriptionKey,
  SubscriptionPage,
  SubscriptionPatch,
} from '../schemas/subscriptions.ts';
import type { App } from '../typed-app.ts';
import { pageFrom } from '../page.ts';

export type SubscriptionRoutesDeps = Pick<AppDeps, 'store' | 'steps'>;

const tags = ['subscriptions'];
const noSuchAnswer = notFoundAnswer('There is no subscription with this key');
const watchedAnswer = problemAnswer('Another subscription watches the same', AlreadyWatched);
const refusedAnswer = problemAnswer('Graph refused it', RefusedByGraph);
const KeyParams = Type.Object({ key: SubscriptionKey });
const ListQuery = Type.Object(
  { after: Type.Optional(SubscriptionKey), limit: Type.Optional(Limit) },
  { additionalProperties: false },
);

export function subscriptionRoutes(app: App, deps: SubscriptionRoutesDeps): void {
  readRoutes(app, deps);
  createRoute(app, deps);
  changeRoutes(app, deps);
  renewRoutes(app, deps);
}

function readRoutes(app: App, { store }: SubscriptionRoutesDeps): void {
  app.get(
    '/api/v1/subscriptions',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listSubscriptions',
        summary: 'Subscriptions in the order of their keys',
        tags,
        querystring: ListQuery,
        response: { 200: SubscriptionPage },
      },
    },
    async ({ query: { after = null, limit = 100 } }) =>
      pageFrom(await store.listSubscriptions({ after, limit: limit + 1 }), limit, ({ key }) => key),
  );
  app.get(
    '/api/v1/subscriptions/:key',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getSubscription',
        summary: 'One subscription',
        tags,
        params: KeyParams,
        response: { 200: SubscriptionAnswer, 404: noSuchAnswer },
      },
    },
    ({ params }) => find(store, params.key),
  );
}

function createRoute(app: App, { steps }: SubscriptionRoutesDeps): void {
  app.post(
    '/api/v1/subscriptions',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'createSubscription',
        summary: 'Watches something new',
        description:
          '201 when Graph accepted it; 202 while Graph cannot be asked; 422 when Graph refused; 409 with the key that watches it; 503 `stopping` while the hub stops, which then keeps nothing of it. After any other 503 it may be there: list the subscriptions, or ask again, which is a 409 with its key then.',
        tags,
        body: NewSubscription,
        response: {
          201: SubscriptionAnswer,
          202: SubscriptionAnswer,
          409: watchedAnswer,
          422: refusedAnswer,
        },
      },
    },
    async ({ body }, reply) => {
      const outcome = await steps.createSubscription(body);
      switch (outcome.status) {
        case 'created':
        case 'accepted':
          return reply
            .code(outcome.status === 'created' ? 201 : 202)
            .header('location', `/api/v1/subscriptions/${outcome.subscription.key}`)
            .send(outcome.subscription);
        case 'invalid':
          throw badInput(outcome.flaws);
        case 'conflict':
          throw alreadyWatched(outcome.key);
        case 'refused':
          throw refused(outcome);
        case 'stopping':
          throw new HubError(
            'stopping',
            'The hub is stopping, and Graph cannot validate its address: nothing was kept. Ask again when it runs.',
          );
      }
    },
  );
}

function changeRoutes(app: App, { store, steps }: SubscriptionRoutesDeps): void {
  app.patch(
    '/api/v1/subscriptions/:key',
    {
      config: { role: 'operator' },
      schema: {
        operationId: 'changeSubscription',
        summary: 'Changes how it is fetched, pauses it or goes on',
        description:
          'Answers the subscription as it is afterwards. A pause or its end is brought about at Graph at once; what cannot be done now the hub goes on with, and `reason` says why. 422 and 409: it was never accepted by Graph, and cannot be.',
        tags,
        params: KeyParams,
        body: SubscriptionPatch,
        response: { 200: SubscriptionAnswer, 404: noSuchAnswer, 409: watchedAnswer, 422: refusedAnswer },
      },
    },
    async ({ params: { key }, body }) => {
      if (body.fetch === 'delta')
        throw badInput([{ path: '/fetch', message: 'delta is not available yet: use get or none' }]);
      const patched = await store.patchSubscription(key, body);
      if (patched === null) throw noSuch();
      if (body.paused === undefined) return patched;
      // Brought about at once, so that the answer is true; what cannot be done now the scheduler goes on with.
      const outcome = await steps.renewSubscription(key);
      if (outcome.status === 'refused') throw refused(outcome);
      if (outcome.status === 'conflict') throw alreadyWatched(outcome.key);
      return find(store, key);
    },
  );
  app.delete(
    '/api/v1/subscriptions/:key',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'deleteSubscription',
        summary: 'Deletes it at Graph and here',
        description:
          '204 when it is gone. 202 when it is not yet: Graph cannot be asked or refuses, which its `reason` says, or the hub acts on it at this moment. It is `deleting` then, nothing that Graph still posts for it becomes an event, and the hub goes on trying.',
        tags,
        params: KeyParams,
        response: { 202: NoBody, 204: NoBody, 404: noSuchAnswer },
      },
    },
    async ({ params: { key } }, reply) => {
      const { status } = await steps.deleteSubscription(key);
      if (status === 'missing') throw noSuch();
      return reply.code(status === 'deleted' ? 204 : 202).send(undefined);
    },
  );
}

function renewRoutes(app: App, { store, steps }: SubscriptionRoutesDeps): void {
  app.post(
    '/api/v1/subscriptions/:key/renew',
    {
      config: { role: 'operator' },
      schema: {
        operationId: 'renewSubscription',
        summary: 'Renews it at Graph now, or creates it anew',
        description:
          'Answers the subscription as it is afterwards; a failure at Graph is in its reason. 409 while the hub acts on it already, or with the key of another that watches the same; 422 when it was never accepted by Graph, and is refused.',
        tags,
        params: KeyParams,
        response: {
          200: SubscriptionAnswer,
          404: noSuchAnswer,
          409: problemAnswer('The hub acts on it just now, or another watches the same', NotRenewed),
          422: refusedAnswer,
        },
      },
    },
    async ({ params: { key } }) => {
      const outcome = await steps.renewSubscription(key);
      if (outcome.status === 'refused') throw refused(outcome);
      if (outcome.status === 'conflict') throw alreadyWatched(outcome.key);
      if (outcome.status === 'busy')
        throw new HubError(
          'conflict',
          'The hub is acting on this subscription just now: ask again in a moment.',
        );
      return find(store, key);
    },
  );
  app.post(
    '/api/v1/subscriptions/renew-due',
    {
      config: { role: 'operator' },
      schema: {
        operationId: 'renewDueSubscriptions',
        summary: 'Renews whatever is due, as the scheduler would',
        tags,
        response: { 200: RenewDue },
      },
    },
    async () => ({ renewed: await steps.renewDue() }),
  );
}

async function find(store: SubscriptionRoutesDeps['store'], key: string): Promise<Subscription> {
  const subscription = await store.findSubscription(key);
  if (subscription === null) throw noSuch();
  return subscription;
}

function noSuch(): HubError {
  return notFound('There is no subscription with this key.');
}

function alreadyWatched(key: string): HubError {
  return new HubError('already_watched', `Subscription ${key} watches the same already.`, { extra: { key } });
}

/** `detail` is Graph's words. */
function refused({ code, message, remedy }: Refusal): HubError {
  return new HubError('refused_by_graph', message, { extra: { remedy, graphCode: code } });
}
