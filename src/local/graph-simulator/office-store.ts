import type { ItemKindName, OfficeItem } from './office-items.ts';
import { PEOPLE, type OfficePerson } from './people.ts';

/** What lies in the office at the moment, in memory, newest last. */
export interface OfficeStore {
  /** By id or user principal name, in any case. */
  findPerson(idOrName: string): OfficePerson | null;
  /** By either of its ids. */
  findItem(kind: ItemKindName, owner: string, id: string): OfficeItem | null;
  /** Oldest first. */
  items(kind: ItemKindName, owner: string): OfficeItem[];
  /** Adds the item or replaces the version before; beyond `keepPerMailbox` the oldest go. */
  put(item: OfficeItem): void;
  remove(item: OfficeItem): void;
  /** Everything, as a journal keeps it: at most `newest` items of each kind and mailbox. */
  snapshot(newest: number): OfficeItem[];
  counts(): Record<ItemKindName, number>;
}

interface Shelf {
  byImmutableId: Map<string, OfficeItem>;
  immutableIds: Map<string, string>;
}

export function officeStore(keepPerMailbox: number): OfficeStore {
  const shelves = new Map<string, Shelf>();
  const people = new Map(
    PEOPLE.flatMap((person) => [
      [person.id, person],
      [person.userPrincipalName.toLowerCase(), person],
    ]),
  );

  function shelf(kind: ItemKindName, owner: string): Shelf {
    const name = `${kind}/${owner}`;
    const found = shelves.get(name) ?? { byImmutableId: new Map(), immutableIds: new Map() };
    shelves.set(name, found);
    return found;
  }

  function remove(item: OfficeItem): void {
    const { byImmutableId, immutableIds } = shelf(item.kind, item.owner);
    const kept = byImmutableId.get(item.immutableId);
    if (kept !== undefined) immutableIds.delete(kept.id);
    byImmutableId.delete(item.immutableId);
  }

  return {
    findPerson: (idOrName) => people.get(idOrName.toLowerCase()) ?? null,
    findItem: (kind, owner, id) => {
      const { byImmutableId, immutableIds } = shelf(kind, owner);
      return byImmutableId.get(immutableIds.get(id) ?? id) ?? null;
    },
    items: (kind, owner) => [...shelf(kind, owner).byImmutableId.values()],
    put: (item) => {
      const { byImmutableId, immutableIds } = shelf(item.kind, item.owner);
      const before = byImmutableId.get(item.immutableId);
      if (before !== undefined && before.id !== item.id) immutableIds.delete(before.id);
      byImmutableId.set(item.immutableId, item);
      immutableIds.set(item.id, item.immutableId);
      for (const oldest of byImmutableId.values()) {
        if (byImmutableId.size <= keepPerMailbox) break;
        remove(oldest);
      }
    },
    remove,
    snapshot: (newest) =>
      [...shelves.values()].flatMap(({ byImmutableId }) => [...byImmutableId.values()].slice(-newest)),
    counts: () => {
      const counts = { user: 0, message: 0, event: 0, contact: 0 };
      for (const [name, { byImmutableId }] of shelves)
        counts[name.slice(0, name.indexOf('/')) as ItemKindName] += byImmutableId.size;
      return counts;
    },
  };
}
