/** How many of a connection's requests are remembered, oldest forgotten first. */
const REMEMBERED = 1000;

/** The ackIds of requests that were carried out, so that one sent twice is answered `Duplicate` and not done twice. */
export class RecentAcks {
  readonly #ids = new Set<number>();

  has(ackId: number): boolean {
    return this.#ids.has(ackId);
  }

  add(ackId: number): void {
    this.#ids.add(ackId);
    if (this.#ids.size <= REMEMBERED) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }
}
