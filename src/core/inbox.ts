import type { ItemAddress } from './event.ts';
import type { NotificationCollection, NotificationItem } from './notification.ts';

/*
 * A row of the inbox is one commit of the receiver: one or more posts, apart from each other, each with its text as it came.
 * The row is JSON text (not jsonb, which refuses \u0000), the bodies spliced in, so one parse opens the whole row:
 *   [ { "receivedAt": "…", "body": { "value": [ … ] } }, … ]
 * What a worker could not finish goes back as a remainder: the same posts with the items left and the places they first had:
 *   [ { "receivedAt": "…", "row": 7, "post": 0, "items": [ 2, 5 ], "cause": "throttled", "returns": 1, "body": { "value": [ …two… ] } } ]
 * (with `"askedFrom": "…"` where Graph could not be asked before).
 * Only the items left are in it: a post of a thousand items that come back one by one must not become a thousand whole posts.
 */

/** Lanes drain side by side; one commit goes to one lane. Two cores keep four busy while some wait for Graph. */
export const LANES = 4;
/** The lane of what waits for a tenant that answers slowly or not at all, so that it delays only itself. */
export const SLOW_LANE = LANES;
export const ALL_LANES = LANES + 1;

/**
 * Why an item came back: Graph did not find the resource, throttled, gave no answer, or the subscription's create has not been
 * answered yet. The second `not_found` in a row is final.
 */
export type ReturnCause = 'not_found' | 'throttled' | 'unreachable' | 'not_yet_known' | 'overtaken';

/** A post whose shape and proofs were checked: `body` is its JSON text, `items` how many notifications it holds. */
export interface AcceptedPost {
  receivedAt: string;
  body: string;
  items: number;
}

interface StoredPost {
  receivedAt: string;
  row?: number;
  post?: number;
  /** The places of `body.value` in the post as it came; left out where nothing was taken out. */
  items?: number[];
  cause?: ReturnCause;
  /** How often it came back for Graph's sake. */
  returns?: number;
  /** Left out where it is the time of receipt. */
  askedFrom?: string;
  body: NotificationCollection;
}

/** One notification out of the inbox with the place it has, whatever became of its row since. */
export interface InboxItem {
  address: ItemAddress;
  receivedAt: string;
  item: NotificationItem;
  /** The post it came in, or what a remainder kept of it. The same object for all items of one post. */
  body: NotificationCollection;
  /** Why and how often it came back; null and 0 the first time. */
  cause: ReturnCause | null;
  returns: number;
  /** Since when Graph could have been asked for what changed: the time of receipt, or until when the subscription's id was waited for. */
  askedFrom: string;
}

export function encodePosts(posts: readonly AcceptedPost[]): string {
  const parts = posts.map((post) => `{"receivedAt":${JSON.stringify(post.receivedAt)},"body":${post.body}}`);
  return `[${parts.join(',')}]`;
}

/** All items still to do in a row. Throws SyntaxError on text that is not ours. */
export function decodeRow(row: number, posts: string): InboxItem[] {
  return (JSON.parse(posts) as StoredPost[]).flatMap((stored, index) => {
    const { receivedAt, body, cause = null, returns = 0, askedFrom = receivedAt } = stored;
    return body.value.map((item, at) => {
      const address = {
        row: stored.row ?? row,
        post: stored.post ?? index,
        item: stored.items?.[at] ?? at,
      };
      return { address, receivedAt, item, body, cause, returns, askedFrom };
    });
  });
}

/** The text of a row that holds just these items, back for this cause; null where they never were looked at. */
export function encodeRemainder(items: readonly InboxItem[], cause: ReturnCause | null): string {
  const posts = new Map<NotificationCollection, StoredPost & { items: number[]; returns: number }>();
  for (const { address, receivedAt, item, body, returns, askedFrom } of items) {
    const { row, post } = address;
    const stored = posts.get(body) ?? {
      receivedAt,
      row,
      post,
      items: [],
      returns: 0,
      ...(askedFrom !== receivedAt && { askedFrom }),
      body: { ...body, value: [] },
    };
    posts.set(body, stored);
    stored.items.push(address.item);
    stored.body.value.push(item);
    stored.returns = Math.max(stored.returns, cause === 'not_yet_known' ? returns : returns + 1);
  }
  const stored = [...posts.values()].map((post) => (cause === null ? post : { ...post, cause }));
  return JSON.stringify(stored);
}
