/** Takes the code out of an address such as `http://host/#sign-in=CODE`. Null when it has none. */
export function signInCode(hash: string): string | null {
  const code = new URLSearchParams(hash.replace(/^#/, '')).get('sign-in');
  return code === null || code === '' ? null : code;
}
