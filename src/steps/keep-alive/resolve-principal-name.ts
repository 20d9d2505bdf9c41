import { isGuid } from '../../core/graph-path.ts';
import { isObject } from '../../core/notification.ts';
import { refusalOfName } from '../../core/remedy.ts';
import { watchedResource, type WatchedResource } from '../../core/resource-catalogue.ts';
import {
  settleConflict,
  settleDeferred,
  settleRefused,
  settleUnwatchable,
  type Act,
  type RenewOutcome,
} from './settle-act.ts';

type Resolution = { status: 'resolved'; watched: WatchedResource } | { status: 'not'; outcome: RenewOutcome };

/**
 * Notifications name users by id. A path with a principal name is rewritten once, before the first create, so that the check
 * "the resource lies inside what was subscribed to" can be strict.
 */
export async function resolvePrincipalName(act: Act): Promise<Resolution> {
  const watched = watchedResource(act.subscription.resource);
  if (watched === null) return { status: 'not', outcome: await settleUnwatchable(act) };
  const name = principalNameIn(watched);
  if (name === null) return { status: 'resolved', watched };
  const answer = await act.graph.get(act.subscription.tenant, `users/${name}?$select=id`);
  if (answer.status === 'refused')
    return { status: 'not', outcome: await settleRefused(act, refusalOfName(answer)) };
  if (answer.status !== 'ok')
    return { status: 'not', outcome: await settleDeferred(act, act.subscription.status, answer) };
  const id = isObject(answer.value) ? answer.value['id'] : undefined;
  const path = watched.path.replace(`users/${name}`, () => `users/${String(id)}`);
  const byId = typeof id === 'string' && isGuid(id) ? watchedResource(path) : null;
  if (byId === null) return { status: 'not', outcome: await settleUnwatchable(act) };
  const stored = await act.store.resolveResource(act.subscription.key, act.fence, byId.path);
  if (stored.status === 'conflict') return { status: 'not', outcome: await settleConflict(act, stored.key) };
  if (stored.status === 'lost') return { status: 'not', outcome: { status: 'busy' } };
  return { status: 'resolved', watched: byId };
}

/** The principal name that stands in the path where a user's id could; null where none does. */
export function principalNameIn({ variables }: WatchedResource): string | null {
  const name = variables['user'];
  return name === undefined || isGuid(name) ? null : name;
}
