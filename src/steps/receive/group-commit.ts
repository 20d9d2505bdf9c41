import { HubError } from '../../core/errors.ts';
import { encodePosts, LANES, type AcceptedPost } from '../../core/inbox.ts';
import type { CommitResult, InboxStore } from '../../ports/inbox-store.ts';

/*
 * Group commit: while one commit is under way, whatever arrives waits together for the next. One commit is one row of the
 * inbox, however many posts. Measured: one row a commit takes about twice the posts a second of one row a notification.
 */

export interface GroupCommitOptions {
  store: Pick<InboxStore, 'commitToInbox'>;
  /** Called after a commit, with the lane that has work now; nobody waits for it. */
  committed: (lane: number) => void;
  /** How many commits may be under way at once. Measured: two or more make smaller rows, and a fifth fewer posts a second. */
  concurrency?: number;
}

/**
 * A post waits this long for its commit, then it is a 503 and Graph retries: Graph counts an answer after 3 s as slow. What is left
 * of the promised 2.5 s is for the answer itself.
 */
const COMMIT_WITHIN_MS = 2_400;
/** Bounds of one row. */
const MAX_POSTS = 1_000;
const MAX_BYTES = 4 * 1024 * 1024;
/** What a worker takes at once. */
const LANE_ROWS = 20;
const LANE_BYTES = 256 * 1024;
/** Bound of what waits; beyond it the hub says 503 at once rather than grow. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

interface Waiting {
  post: AcceptedPost;
  /** Its sender has been told 503. */
  givenUp: boolean;
  resolve: () => void;
  reject: (error: HubError) => void;
}

export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #concurrency: number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #underWay = 0;
  #lane = 0;
  #rowsOnLane = 0;
  #bytesOnLane = 0;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#concurrency = options.concurrency ?? 1;
  }

  /**
   * Resolves when the post is committed. Rejects with `not_committed` when the database did not commit it in time or calls
   * its data bad. A post that was given up on is not committed later: only one whose commit was already under way may be, and
   * then Graph's retry of it is found to be the same events.
   */
  commit(post: AcceptedPost): Promise<void> {
    if (this.#waitingBytes + post.body.length > MAX_WAITING_BYTES)
      return Promise.reject(notCommitted('too much waits to be committed; try again later'));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#giveUp(entry);
        reject(notCommitted('the database did not commit in time'));
      }, COMMIT_WITHIN_MS);
      const entry: Waiting = {
        post,
        givenUp: false,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.#waiting.push(entry);
      this.#waitingBytes += post.body.length;
      this.#next();
    });
  }

  #giveUp(entry: Waiting): void {
    entry.givenUp = true;
    const at = this.#waiting.indexOf(entry);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    this.#waitingBytes -= entry.post.body.length;
  }

  #next(): void {
    if (this.#underWay >= this.#concurrency || this.#waiting.length === 0) return;
    this.#underWay++;
    void this.#commitBatch(this.#take()).finally(() => {
      this.#underWay--;
      this.#next();
    });
  }

  #take(): Waiting[] {
    let count = 0;
    let bytes = 0;
    for (const { post } of this.#waiting) {
      if (count > 0 && (count >= MAX_POSTS || bytes + post.body.length > MAX_BYTES)) break;
      count++;
      bytes += post.body.length;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  /**
   * Stays with a lane for as much as a worker takes at once: in a trickle the posts then meet in one lane, and share its rounds and its
   * appends; in a flood the lanes fill side by side.
   */
  #laneFor(batch: readonly Waiting[]): number {
    const bytes = batch.reduce((sum, { post }) => sum + post.body.length, 0);
    if (this.#rowsOnLane >= LANE_ROWS || this.#bytesOnLane >= LANE_BYTES) {
      this.#lane = (this.#lane + 1) % LANES;
      this.#rowsOnLane = 0;
      this.#bytesOnLane = 0;
    }
    this.#rowsOnLane++;
    this.#bytesOnLane += bytes;
    return this.#lane;
  }

  /** A row whose data the database refuses is committed post by post, so that one cannot fail another. */
  async #commitBatch(batch: Waiting[]): Promise<void> {
    const lane = this.#laneFor(batch);
    const result = await this.#commitRow(lane, batch);
    if (result.status === 'committed') {
      for (const entry of batch) entry.resolve();
      this.#options.committed(lane);
    } else if (result.status === 'refused' && batch.length > 1) {
      for (const entry of batch) if (!entry.givenUp) await this.#commitBatch([entry]);
    } else {
      for (const entry of batch) entry.reject(notCommitted(result.message));
    }
  }

  async #commitRow(
    lane: number,
    batch: Waiting[],
  ): Promise<CommitResult | { status: 'failed'; message: string }> {
    const items = batch.reduce((sum, { post }) => sum + post.items, 0);
    try {
      return await this.#options.store.commitToInbox(lane, encodePosts(batch.map(({ post }) => post)), items);
    } catch (error) {
      return { status: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
  }
}

function notCommitted(detail: string): HubError {
  return new HubError('not_committed', `Not committed: ${detail.replace(/\.$/, '')}.`);
}
