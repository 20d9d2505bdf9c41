import type { FastifyInstance } from 'fastify';
import type { RunSetAside, SetAsideItem } from '../../src/http/schemas/set-aside.ts';
import type { NewSubscription, Subscription } from '../../src/http/schemas/subscriptions.ts';
import type { Static } from 'typebox';
import { TENANT } from './office-events.ts';
import { problem } from './stand-in-problem.ts';

interface StandInRecords {
  subscriptions: Subscription[];
  setAside: SetAsideItem[];
}

export function subscriptionRoutes(app: FastifyInstance, hub: StandInRecords): void {
  app.get('/api/v1/subscriptions', () => ({ items: hub.subscriptions, next: null }));

  /** Graph refuses mailboxes whose name says so. */
  app.post<{ Body: NewSubscription }>('/api/v1/subscriptions', ({ body }, reply) => {
    const same = hub.subscriptions.find((each) => each.resource === body.resource);
    if (same)
      return problem(reply, 409, 'already_watched', `Subscription ${same.key} watches the same already.`, {
        key: same.key,
      });
    if (body.resource.includes('forbidden'))
      return problem(reply, 422, 'refused_by_graph', 'Access is denied. Check credentials and try again.', {
        remedy:
          'Grant the application permission Mail.Read and consent to it, then create the subscription again.',
        graphCode: 'ErrorAccessDenied',
      });
    const now = Date.now();
    const at = (hours: number): string => new Date(now + hours * 3_600_000).toISOString();
    const created: Subscription = {
      key: `new${now}abcdefgh`,
      tenant: TENANT,
      resource: body.resource,
      changeTypes: body.changeTypes ?? ['created', 'updated', 'deleted'],
      rich: false,
      fetch: body.fetch ?? 'get',
      status: 'active',
      reason: null,
      graphId: 'a1f0c5d2-0000-4000-8000-0000000000ff',
      expiresAt: at(168),
      renewAt: at(105),
      lastNotificationAt: null,
      createdAt: at(0),
      updatedAt: at(0),
    };
    hub.subscriptions.push(created);
    return reply.code(201).send(created);
  });

  app.post<{ Params: { key: string } }>('/api/v1/subscriptions/:key/renew', ({ params }, reply) => {
    const found = hub.subscriptions.find(({ key }) => key === params.key);
    if (found === undefined)
      return problem(reply, 404, 'not_found', 'There is no subscription with this key.');
    found.status = 'active';
    found.reason = null;
    found.expiresAt = new Date(Date.now() + 168 * 3_600_000).toISOString();
    found.renewAt = new Date(Date.now() + 105 * 3_600_000).toISOString();
    return found;
  });

  app.delete<{ Params: { key: string } }>('/api/v1/subscriptions/:key', ({ params }, reply) => {
    hub.subscriptions = hub.subscriptions.filter(({ key }) => key !== params.key);
    return reply.code(204).send();
  });

  app.get('/api/v1/set-aside', () => ({ items: hub.setAside, next: null }));

  app.post<{ Body: Static<typeof RunSetAside> }>('/api/v1/set-aside/run', ({ body }) => {
    const before = hub.setAside.length;
    hub.setAside = hub.setAside.filter(({ id }) => body.ids !== undefined && !body.ids.includes(id));
    return { ran: before - hub.setAside.length };
  });
}
