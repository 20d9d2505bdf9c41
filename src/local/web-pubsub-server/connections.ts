import type { Connection } from './connection.ts';
import { Members } from './members.ts';
import type { Filter } from './filter.ts';
import type { OutboundMessage } from './outbound-message.ts';

/** All connections, found by id, hub, group and user. */
export class Connections {
  readonly #byId = new Map<string, Connection>();
  readonly #hubs = new Members();
  readonly #groups = new Members();
  readonly #users = new Members();

  add(connection: Connection, groups: readonly string[]): void {
    this.#byId.set(connection.id, connection);
    this.#hubs.add(connection.hub, '', connection);
    if (connection.userId !== null) this.#users.add(connection.hub, connection.userId, connection);
    for (const group of groups) this.join(connection, group);
  }

  remove(connection: Connection): void {
    this.leaveAll(connection);
    this.#byId.delete(connection.id);
    this.#hubs.remove(connection.hub, '', connection);
    if (connection.userId !== null) this.#users.remove(connection.hub, connection.userId, connection);
  }

  join(connection: Connection, group: string): void {
    // One that went away while its request was under way must not come back as a member.
    if (!this.#byId.has(connection.id)) return;
    connection.groups.add(group);
    this.#groups.add(connection.hub, group, connection);
  }

  leave(connection: Connection, group: string): void {
    connection.groups.delete(group);
    this.#groups.remove(connection.hub, group, connection);
  }

  leaveAll(connection: Connection): void {
    for (const group of connection.groups) this.leave(connection, group);
  }

  find(hub: string, id: string): Connection | null {
    const connection = this.#byId.get(id);
    return connection?.hub === hub ? connection : null;
  }

  inHub(hub: string): ReadonlySet<Connection> {
    return this.#hubs.of(hub, '');
  }

  inGroup(hub: string, group: string): ReadonlySet<Connection> {
    return this.#groups.of(hub, group);
  }

  ofUser(hub: string, userId: string): ReadonlySet<Connection> {
    return this.#users.of(hub, userId);
  }

  all(): Iterable<Connection> {
    return this.#byId.values();
  }

  get groupCount(): number {
    return this.#groups.size;
  }
}

/** Whom a message is not for, among those it is sent to. */
export interface Exclusion {
  excluded?: ReadonlySet<string>;
  filter?: Filter | null;
}

/** @returns how many it was handed to */
export function deliverTo(
  connections: Iterable<Connection>,
  message: OutboundMessage,
  { excluded, filter = null }: Exclusion = {},
): number {
  let count = 0;
  for (const connection of connections) {
    if (excluded?.has(connection.id) === true || filter?.(connection) === false) continue;
    connection.deliver(message);
    count += 1;
  }
  return count;
}
