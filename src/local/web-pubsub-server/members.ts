import type { Connection } from './connection.ts';

const NOBODY: ReadonlySet<Connection> = new Set();

/** Sets of connections by hub and name; a set without members is not kept. */
export class Members {
  readonly #sets = new Map<string, Set<Connection>>();

  add(hub: string, name: string, connection: Connection): void {
    const key = keyOf(hub, name);
    const set = this.#sets.get(key);
    if (set === undefined) this.#sets.set(key, new Set([connection]));
    else set.add(connection);
  }

  remove(hub: string, name: string, connection: Connection): void {
    const key = keyOf(hub, name);
    const set = this.#sets.get(key);
    set?.delete(connection);
    if (set?.size === 0) this.#sets.delete(key);
  }

  of(hub: string, name: string): ReadonlySet<Connection> {
    return this.#sets.get(keyOf(hub, name)) ?? NOBODY;
  }

  get size(): number {
    return this.#sets.size;
  }
}

/** A hub's name has no slash. */
function keyOf(hub: string, name: string): string {
  return `${hub}/${name}`;
}
