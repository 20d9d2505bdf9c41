type JsonTokenKind = 'name' | 'string' | 'number' | 'word' | 'plain';

export interface JsonToken {
  kind: JsonTokenKind;
  text: string;
}

/** A string (with its colon, if it is a member's name), a number, or one of the three words. */
const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** Cuts JSON text into pieces to colour; joined they are the text again. */
export function jsonTokens(json: string): JsonToken[] {
  const tokens: JsonToken[] = [];
  let at = 0;
  for (const match of json.matchAll(TOKEN)) {
    if (match.index > at) tokens.push({ kind: 'plain', text: json.slice(at, match.index) });
    const [whole, string, colon, number] = match;
    if (string !== undefined && colon !== undefined) {
      tokens.push({ kind: 'name', text: string }, { kind: 'plain', text: colon });
    } else {
      tokens.push({
        kind: string !== undefined ? 'string' : number !== undefined ? 'number' : 'word',
        text: whole,
      });
    }
    at = match.index + whole.length;
  }
  if (at < json.length) tokens.push({ kind: 'plain', text: json.slice(at) });
  return tokens;
}
