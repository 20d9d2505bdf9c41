import type { ItemAddress } from './event.ts';
import type { NotificationCollection, NotificationItem } from './notification.ts';

/*
 * A row of the inbox is one commit of the receiver: one or more posts, apart from each other, each with its text as it came.
 * The row is JSON text (not jsonb, which refuses \u0000), the bodies spliced in, so one parse opens the whole row:
 *   [ { "receivedAt": "…", "body": { "value": [ … ] } }, … ]
 * What a worker could not finish goes back as a remainder: the same posts with the place they first had and the items left:
 *   [ { "receivedAt": "…", "row": 7, "post": 0, "items": [ 2, 5 ], "body": { … } } ]
 */

/** Lanes drain side by side; one commit goes to one lane. Two cores keep four busy while some wait for Graph. */
export const LANES = 4;

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
  items?: number[];
  body: NotificationCollection;
}

/** One notification out of the inbox with the place it has, whatever became of its row since. */
export interface InboxItem {
  address: ItemAddress;
  receivedAt: string;
  item: NotificationItem;
  /** The post it came in, for a remainder. */
  body: NotificationCollection;
}

export function encodePosts(posts: readonly AcceptedPost[]): string {
  const parts = posts.map((post) => `{"receivedAt":${JSON.stringify(post.receivedAt)},"body":${post.body}}`);
  return `[${parts.join(',')}]`;
}

/** All items still to do in a row. Throws SyntaxError on text that is not ours. */
export function decodeRow(row: number, posts: string): InboxItem[] {
  return (JSON.parse(posts) as StoredPost[]).flatMap((stored, index) => {
    const indices = stored.items ?? stored.body.value.map((_, at) => at);
    return indices.flatMap((at) => {
      const item = stored.body.value[at];
      if (item === undefined) return [];
      const address = { row: stored.row ?? row, post: stored.post ?? index, item: at };
      return [{ address, receivedAt: stored.receivedAt, item, body: stored.body }];
    });
  });
}

/** The text of a row that holds just these items. */
export function encodeRemainder(items: readonly InboxItem[]): string {
  const posts = new Map<NotificationCollection, StoredPost & { items: number[] }>();
  for (const { address, receivedAt, body } of items) {
    const stored = posts.get(body);
    if (stored) stored.items.push(address.item);
    else posts.set(body, { receivedAt, row: address.row, post: address.post, items: [address.item], body });
  }
  return JSON.stringify([...posts.values()]);
}
