/**
 * A page out of one item more than was asked for: that one only tells that there is more.
 * @param positionOf what the next request goes on after
 */
export function pageFrom<Item>(
  read: readonly Item[],
  limit: number,
  positionOf: (item: Item) => string,
): { items: Item[]; next: string | null } {
  const items = read.slice(0, limit);
  const last = items.at(-1);
  return { items, next: read.length > limit && last !== undefined ? positionOf(last) : null };
}
