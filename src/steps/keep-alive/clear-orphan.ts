import { watchedResource, type WatchedResource } from '../../core/resource-catalogue.ts';
import type { GraphAnswer } from '../../ports/graph-api.ts';
import { notificationUrls } from './endpoints.ts';
import type { Act } from './settle-act.ts';

/**
 * What Graph has where we know of none (it answers 409 to a create, or shall have none): an earlier create of ours that it accepted and
 * we did not live to record. It has our notification URL, so it is ours to delete; one with another URL is not. What it has posted
 * already is believed: its id is remembered before it is deleted.
 * The one being deleted has no orphan where another watches the same by now: what Graph has is that one's.
 * @returns `none` when there is none of ours; `lost` when this act lost its claim; an answer of Graph's when it cannot be asked now
 */
export async function clearOrphan(
  act: Act,
  watched: WatchedResource,
): Promise<'cleared' | 'none' | 'lost' | GraphAnswer<never>> {
  const { key, tenant, changeTypes, status } = act.subscription;
  const { notificationUrl } = notificationUrls(act.publicUrl);
  const listed = await act.graph.listSubscriptions(tenant);
  if (listed.status !== 'ok') return listed.status === 'refused' ? 'none' : listed;
  const orphan = listed.value.find(
    (each) =>
      each.notificationUrl === notificationUrl &&
      watchedResource(each.resource)?.path === watched.path &&
      each.changeType.split(',').sort().join() === [...changeTypes].sort().join(),
  );
  if (orphan === undefined) return 'none';
  const remembered = await act.store.rememberGraphId(key, act.fence, orphan.id);
  if (remembered === 'lost') return 'lost';
  if (remembered === 'taken' && status === 'deleting') return 'none';
  const deleted = await act.graph.deleteSubscription(tenant, orphan.id);
  if (deleted.status === 'ok' || (deleted.status === 'refused' && deleted.httpStatus === 404))
    return 'cleared';
  return deleted.status === 'refused' ? 'none' : deleted;
}
