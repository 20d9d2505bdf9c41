import { expect } from 'vitest';
import { PEOPLE } from '../../../src/local/graph-simulator/people.ts';
import type { OfficeUnderTest } from './office-under-test.ts';
import type { Receiver } from './receiver.ts';

export const [INGRID, TOBIAS] = [PEOPLE[0], PEOPLE[1]].map((person) => {
  if (person === undefined) throw new Error('the office is empty');
  return person;
}) as [(typeof PEOPLE)[number], (typeof PEOPLE)[number]];

const HOUR_MS = 3_600_000;

/** What a subscription is asked for with, for a test to change. */
export function askFor(receiver: Receiver, resource: string, changes: Record<string, unknown> = {}) {
  return {
    changeType: 'created,updated,deleted',
    resource,
    notificationUrl: `${receiver.url}/graph/notifications`,
    lifecycleNotificationUrl: `${receiver.url}/graph/lifecycle`,
    expirationDateTime: new Date(Date.now() + 24 * HOUR_MS).toISOString(),
    clientState: 'a state',
    ...changes,
  };
}

/** Subscribes and answers Graph's id. */
export async function watch(
  office: OfficeUnderTest,
  receiver: Receiver,
  resource: string,
  options: { changes?: Record<string, unknown>; immutableIds?: boolean } = {},
): Promise<string> {
  const headers: Record<string, string> =
    options.immutableIds === true ? { prefer: 'IdType="ImmutableId"' } : {};
  const body = askFor(receiver, resource, options.changes);
  const answer = await office.request('POST', '/v1.0/subscriptions', { body, headers });
  expect(answer).toMatchObject({ status: 201 });
  return answer.body['id'] as string;
}
