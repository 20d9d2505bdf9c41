/** Takes the code out of an address such as `http://host/#sign-in=CODE`. Null when it has none. */
export function signInCode(hash: string): string | null {
  const code = new URLSearchParams(hash.replace(/^#/, '')).get('sign-in');
  return code === null || code === '' ? null : code;
}

/** Reads the code and removes it from the address at once, so that it is in no history and no bookmark. */
export function takeSignInCode(): string | null {
  const code = signInCode(location.hash);
  if (code !== null) history.replaceState(history.state, '', location.pathname + location.search);
  return code;
}
