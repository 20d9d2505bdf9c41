/** Text of unknown origin, fit for a column, a table or a page: no control characters, well-formed, not endless. */
export function printable(text: string, maxLength = 300): string {
  const clean = text.toWellFormed().replaceAll(/\p{Cc}/gu, '\u{FFFD}');
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1).toWellFormed()}…`;
}
