/** `string` is a literal with its quotes undone; `symbol` a word, a number or one of `( ) ,`. */
export interface FilterToken {
  kind: 'string' | 'symbol';
  text: string;
}

const TOKEN = /\s*(?:'((?:[^']|'')*)'|([A-Za-z0-9_+-]+|[(),]))/y;

/** Null when something in the text is not a token. A quote in a string is written twice. */
export function filterTokens(text: string): FilterToken[] | null {
  const tokens: FilterToken[] = [];
  const trimmed = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (match === null) return null;
    const [, literal, symbol] = match;
    tokens.push(
      symbol === undefined
        ? { kind: 'string', text: (literal ?? '').replaceAll("''", "'") }
        : { kind: 'symbol', text: symbol },
    );
  }
  return tokens;
}
