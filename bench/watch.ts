import type { RunningHub } from './hub-process.ts';
import type { Watched } from './notifications.ts';
import { PEOPLE } from '../src/local/graph-simulator/people.ts';

/** Watches a mailbox of the simulated office that nothing else watches. */
export async function watchUser(hub: RunningHub, fetch: 'none' | 'get', index = 5): Promise<Watched> {
  const user = PEOPLE[index]?.id ?? '';
  const { key, graphId } = await hub.api<{ key: string; graphId: string }>('POST', '/api/v1/subscriptions', {
    resource: `users/${user}/messages`,
    fetch,
  });
  return { key, graphId, user };
}
