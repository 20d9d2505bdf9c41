import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from './atomic-file.ts';
import type { ItemKindName } from './office-items.ts';

/** A subscription as Graph holds it. Times are milliseconds since 1970. */
export interface HeldSubscription {
  id: string;
  applicationId: string;
  /** As asked for. */
  resource: string;
  /** What two subscriptions may not share: the resolved resource and the change types. */
  identity: string;
  kind: ItemKindName | null;
  /** A user's id; null for all users. */
  owner: string | null;
  /** A folder's id; null for all folders. */
  folder: string | null;
  /** As asked for, comma-separated. */
  changeType: string;
  notificationUrl: string;
  lifecycleNotificationUrl: string | null;
  clientState: string | null;
  latestSupportedTlsVersion: string;
  immutableIds: boolean;
  expiresAtMs: number;
  /** When to ask for reauthorization next, and how often it was asked for in vain. */
  challengeAtMs: number;
  challenges: number;
}

/** The subscriptions, in memory and in a file, so that they outlive a restart as Graph's do. */
export interface HeldSubscriptions {
  find(id: string): HeldSubscription | null;
  /** Oldest first. */
  all(): HeldSubscription[];
  sharing(identity: string): HeldSubscription | null;
  /** Those to tell of a change of this kind in this user's mailbox. */
  watching(kind: ItemKindName, owner: string): HeldSubscription[];
  /** Adds or replaces; resolves when it is in the file. */
  put(subscription: HeldSubscription): Promise<void>;
  /** False when there is none. */
  drop(id: string): Promise<boolean>;
}

export async function heldSubscriptions(path: string): Promise<HeldSubscriptions> {
  const byId = new Map((await readFrom(path)).map((each) => [each.id, each]));
  let saving: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  async function write(): Promise<void> {
    await writeFileAtomic(path, JSON.stringify([...byId.values()]));
  }

  /** One write at a time; whoever comes while one is under way shares the next. */
  function save(): Promise<void> {
    if (next !== null) return next;
    const turn = (saving ?? Promise.resolve()).then(() => {
      next = null;
      return write();
    });
    next = turn;
    saving = turn.catch(() => undefined);
    return turn;
  }

  return {
    find: (id) => byId.get(id) ?? null,
    all: () => [...byId.values()],
    sharing: (identity) => [...byId.values()].find((each) => each.identity === identity) ?? null,
    watching: (kind, owner) =>
      [...byId.values()].filter(
        (each) => each.kind === kind && (each.owner === null || each.owner === owner),
      ),
    put: (subscription) => {
      byId.set(subscription.id, subscription);
      return save();
    },
    drop: async (id) => {
      if (!byId.delete(id)) return false;
      await save();
      return true;
    },
  };
}

async function readFrom(path: string): Promise<HeldSubscription[]> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as HeldSubscription[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
