import type { FastifyInstance } from 'fastify';
import { isObject, isLifecycleEvent, LIFECYCLE_EVENTS } from '../../core/notification.ts';
import { CHANGE_KINDS, type ChangeKind } from './office-acts.ts';
import type { ChangeAsk } from './office-script.ts';
import { sameSecret } from './entra-routes.ts';
import type { FaultSettings } from './simulator-faults.ts';
import type { SimulatorControl } from './simulator-control.ts';

/*
 * What a person or a test may do to the office, over HTTP. Needs the admin key as a bearer token. Bad input is a 400 with
 * `{ "message": … }`.
 */

const MOST_CHANGES = 10_000;
const MOST_CHANGES_PER_SECOND = 10_000;

export function controlRoutes(app: FastifyInstance, control: SimulatorControl, adminKey: string): void {
  app.addHook('onRequest', (request, reply, done) => {
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given !== undefined && sameSecret(given, adminKey)) done();
    else void reply.code(401).send({ message: 'This needs the admin key: Authorization: Bearer <key>.' });
  });

  app.get('/state', () => control.state());

  app.post('/changes', (request, reply) => {
    const ask = readChangeAsk(parsed(request.body));
    if (typeof ask === 'string') return reply.code(400).send({ message: ask });
    const changes = control.makeChanges(ask.count, ask.ask);
    return changes === null
      ? reply.code(404).send({ message: `There is no user ${String(ask.ask.user)}.` })
      : reply.send({ changes });
  });

  app.post('/lifecycle', async (request, reply) => {
    const body = parsed(request.body);
    const { subscriptionId, lifecycleEvent } = isObject(body) ? body : {};
    if (
      typeof subscriptionId !== 'string' ||
      typeof lifecycleEvent !== 'string' ||
      !isLifecycleEvent(lifecycleEvent)
    )
      return reply
        .code(400)
        .send({ message: `Needs subscriptionId and lifecycleEvent: ${LIFECYCLE_EVENTS.join(', ')}.` });
    return (await control.sendLifecycle(subscriptionId, lifecycleEvent))
      ? reply.code(202).send({})
      : reply.code(404).send({ message: 'There is no such subscription with a lifecycle URL.' });
  });

  app.post('/faults', (request, reply) => {
    const body = parsed(request.body);
    const flaw = flawOfFaults(body);
    if (flaw !== null) return reply.code(400).send({ message: flaw });
    control.faults.set(body as FaultSettings);
    return reply.send(control.faults.current());
  });

  app.delete('/faults', (_request, reply) => {
    control.faults.clear();
    return reply.code(204).send();
  });

  app.post('/pace', (request, reply) => {
    const body = parsed(request.body);
    const pace = isObject(body) ? body['changesPerSecond'] : undefined;
    if (typeof pace !== 'number' || !(pace >= 0 && pace <= MOST_CHANGES_PER_SECOND))
      return reply.code(400).send({ message: `changesPerSecond has to be 0 to ${MOST_CHANGES_PER_SECOND}.` });
    control.setPace(pace);
    return reply.send({ changesPerSecond: pace });
  });

  app.delete<{ Params: { id: string } }>('/subscriptions/:id', async (request, reply) =>
    (await control.loseSubscription(request.params.id))
      ? reply.code(204).send()
      : reply.code(404).send({ message: 'There is no such subscription.' }),
  );
}

/** What is wrong with it, in words, or the ask. */
function readChangeAsk(body: unknown): { count: number; ask: ChangeAsk } | string {
  if (!isObject(body)) return 'Needs a JSON object.';
  const { count = 1, kind, user, subject } = body;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > MOST_CHANGES)
    return `count has to be 1 to ${MOST_CHANGES}.`;
  if (kind !== undefined && !isChangeKind(kind)) return `kind has to be one of ${CHANGE_KINDS.join(', ')}.`;
  if (user !== undefined && typeof user !== 'string') return 'user has to be an id or a user principal name.';
  if (subject !== undefined && typeof subject !== 'string') return 'subject has to be a text.';
  return {
    count,
    ask: {
      ...(kind !== undefined && { kind }),
      ...(user !== undefined && { user }),
      ...(subject !== undefined && { subject }),
    },
  };
}

function isChangeKind(value: unknown): value is ChangeKind {
  return (CHANGE_KINDS as readonly unknown[]).includes(value);
}

type Check = (value: unknown) => boolean;

const SPELL = { requests: isCount, forMs: isCount };
/** Maps, because the names asked for are a caller's: an object would have `__proto__` as well. */
const FAULT_CHECKS: ReadonlyMap<string, Check> = new Map(
  Object.entries<Check>({
    throttle: shapeOf({ ...SPELL, retryAfterSeconds: isCount }),
    down: shapeOf({
      ...SPELL,
      status: (value) => isCount(value) && Number(value) >= 500 && Number(value) <= 599,
      retryAfterSeconds: isCount,
    }),
    entraDown: shapeOf(SPELL),
    forbidUsers: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
    latencyMs: isCount,
    dropNotifications: (value) => typeof value === 'boolean',
  }),
);

function flawOfFaults(body: unknown): string | null {
  if (!isObject(body)) return 'Needs a JSON object.';
  for (const [name, value] of Object.entries(body)) {
    const check = FAULT_CHECKS.get(name);
    if (check === undefined)
      return `There is no fault ${name}; there are ${[...FAULT_CHECKS.keys()].join(', ')}.`;
    if (value !== null && !check(value)) return `${name} is malformed.`;
  }
  return null;
}

function shapeOf(members: Readonly<Record<string, Check>>): Check {
  const checks = new Map(Object.entries(members));
  return (value) =>
    isObject(value) &&
    Object.entries(value).every(([name, member]) => {
      const check = checks.get(name);
      return check !== undefined && (check(member) || (name === 'retryAfterSeconds' && member === null));
    });
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** Undefined when the text is not JSON. */
function parsed(body: unknown): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : '');
  } catch {
    return undefined;
  }
}
