import { verifyClientState, type ClientStateSecret } from '../../core/client-state.ts';
import { messageOf } from '../../core/errors.ts';
import type { AcceptedPost } from '../../core/inbox.ts';
import {
  checkCollection,
  type NotificationCollection,
  type NotificationItem,
} from '../../core/notification.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Counters } from '../../ports/counters.ts';
import type { Log } from '../../ports/log.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Forgery, ForgeryWatch } from './watch-forgeries.ts';

/*
 * Everything that happens before Graph gets its 202: parse, shape, proof, one local commit that many posts share. No Graph call,
 * no JWT, no RSA, no Redis. The enqueue comes after the commit, by the group commit, and nobody waits for it.
 */

export interface ReceiveDeps {
  inbox: GroupCommit;
  clientStateSecrets: readonly ClientStateSecret[];
  clock: Clock;
  log: Log;
  counters: Pick<Counters, 'accepted' | 'forged'>;
  /** Told of what did not prove itself and names a subscription; it looks into it later. */
  forgeries: Pick<ForgeryWatch, 'noticed'>;
}

export type ReceiveOutcome =
  /** Committed, or there was nothing in it to commit: 202 either way, so a forger learns nothing. */
  | { status: 'accepted' }
  | { status: 'malformed'; path: string; message: string }
  /** 503: Graph will retry. */
  | { status: 'not_committed'; message: string };

/** @param text the request's body as it came */
export async function receiveNotifications(deps: ReceiveDeps, text: string): Promise<ReceiveOutcome> {
  const receivedAt = new Date(deps.clock.now()).toISOString();
  const body = parse(text);
  if (body === undefined) return { status: 'malformed', path: '', message: 'is not JSON' };
  const check = checkCollection(body);
  if (check.status === 'malformed') return check;
  const named: Forgery[] = [];
  const post = provenPost(deps, check.collection, text, receivedAt, named);
  const outcome = post === null ? { status: 'accepted' as const } : await commit(deps, post);
  // What was not committed comes again, whole.
  if (outcome.status === 'accepted') noteForged(deps, check.collection.value.length, post, named, receivedAt);
  return outcome;
}

/** Each is counted once: what names a subscription by the watch, once it knows whose it is. */
function noteForged(
  deps: ReceiveDeps,
  items: number,
  post: AcceptedPost | null,
  named: readonly Forgery[],
  receivedAt: string,
): void {
  const unnamed = items - (post?.items ?? 0) - named.length;
  if (unnamed > 0) deps.counters.forged(unnamed);
  if (named.length > 0) deps.forgeries.noticed(named, receivedAt);
}

async function commit(deps: ReceiveDeps, post: AcceptedPost): Promise<ReceiveOutcome> {
  try {
    await deps.inbox.commit(post);
  } catch (error) {
    return { status: 'not_committed', message: messageOf(error) };
  }
  deps.counters.accepted(post.items);
  return { status: 'accepted' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What of the post proves itself. All of it: the text as it came. Forged items are left out and never stored. */
function provenPost(
  deps: ReceiveDeps,
  collection: NotificationCollection,
  text: string,
  receivedAt: string,
  forgeries: Forgery[],
): AcceptedPost | null {
  const proven = collection.value.filter((item) => proves(deps, item, forgeries));
  if (proven.length === 0) return null;
  const body =
    proven.length === collection.value.length ? text : JSON.stringify({ ...collection, value: proven });
  return { receivedAt, body, items: proven.length };
}

function proves(deps: ReceiveDeps, item: NotificationItem, forgeries: Forgery[]): boolean {
  const verdict = verifyClientState(deps.clientStateSecrets, item.clientState);
  if (verdict.status === 'proven') return true;
  if (verdict.status === 'forged') forgeries.push(verdict);
  deps.log.debug({ verdict: verdict.status }, 'notification.forged');
  return false;
}
