import { wordPieces } from './word-pieces.ts';

/** A name or a path that, where it is too long for its line, is broken between its words before it is broken in one. */
export function Breakable({ text }: { text: string }) {
  return wordPieces(text).map((piece, index) => (
    // The pieces of a text have no name but their place in it.
    // oxlint-disable-next-line react/no-array-index-key
    <span key={index}>
      {index > 0 && <wbr />}
      {piece}
    </span>
  ));
}
