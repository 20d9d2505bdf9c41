/** Cuts behind what parts the words of a path or a type (`/`, `.`); joined the pieces are the text again. */
export function wordPieces(text: string): string[] {
  return text.split(/(?<=[/.])(?=[^/.])/);
}
