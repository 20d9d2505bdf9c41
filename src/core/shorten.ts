/**
 * Shortens in the middle, where Graph's long ids are alike least usefully: the start says what it is, the end which one.
 * @param most how many characters, the dots included
 */
export function shortenMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = Math.max(2, most - 1);
  const head = Math.ceil(kept * 0.55);
  return `${text.slice(0, head)}…${text.slice(text.length - (kept - head))}`;
}

/** `Microsoft.Graph.MessageCreated` as `MessageCreated`; other types as they are. */
export function shortType(type: string): string {
  return type.startsWith('Microsoft.Graph.') ? type.slice('Microsoft.Graph.'.length) : type;
}

/** Graph's ids in a path are long: each segment is shortened by itself, so that the path can still be read. */
export function shortenPath(path: string, mostPerSegment = 18): string {
  return path
    .split('/')
    .map((segment) => shortenMiddle(segment, mostPerSegment))
    .join('/');
}
