import type { TokenCredential } from '@azure/identity';
import { messageOf } from '../../core/errors.ts';
import type { GraphAnswer } from '../../ports/graph-api.ts';

/*
 * The Azure SDK's errors do not say by their class whether the authority refused or could not be asked: a wrong secret and a
 * 503 are both `AuthenticationRequiredError`. Entra's own code in the text tells them apart.
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */

/** Entra's errors that are about Entra, not about us: to be tried again. */
const PASSING = /^(?:temporarily_unavailable|server_error|interaction_required_timeout)\b/;
const ENTRA_WORDS = /AADSTS\d+:[^\r\n]*/;
/** What the SDK puts behind the first line when Entra writes all in one. */
const TRAILER = /\s*(?:-\s*)?(?:Trace ID|Correlation ID|Timestamp): .*$/;

/** The SDK looks into its own cache at some 0.3 ms a time, more than the rest of a call costs; a token is kept here for this long. */
const KEPT_MS = 30_000;
/** Never one that is about to expire. */
const EXPIRY_MARGIN_MS = 300_000;
const kept = new WeakMap<TokenCredential, { scope: string; token: string; until: number }>();

/** A token for Graph, from the credential's own cache where it has one. */
export async function accessToken(
  credential: TokenCredential,
  scope: string,
  signal: AbortSignal,
): Promise<GraphAnswer<string>> {
  const known = kept.get(credential);
  if (known !== undefined && known.scope === scope && Date.now() < known.until)
    return { status: 'ok', value: known.token };
  try {
    const token = await settledBefore(signal, credential.getToken(scope, { abortSignal: signal }));
    if (token === null) return { status: 'unreachable', message: 'The credential has no token to give.' };
    const until = Math.min(Date.now() + KEPT_MS, token.expiresOnTimestamp - EXPIRY_MARGIN_MS);
    kept.set(credential, { scope, token: token.token, until });
    return { status: 'ok', value: token.token };
  } catch (error) {
    return signInFailure(messageOf(error));
  }
}

/** What a failure to get a token means. Entra's words name the app, never its secret. */
export function signInFailure(message: string): GraphAnswer<never> {
  const words = ENTRA_WORDS.exec(message)?.[0].replace(TRAILER, '');
  if (words !== undefined && !PASSING.test(message)) {
    const code = /^(\w+): Error\(s\)/.exec(message)?.[1] ?? 'sign_in_refused';
    return { status: 'refused', httpStatus: 401, code, message: words };
  }
  const reason = /endpoints_resolution_error/.test(message)
    ? 'the login authority cannot be reached, or does not know this tenant'
    : (words ?? message.split(/[\r\n]/)[0] ?? message);
  return { status: 'unreachable', message: `No token for Graph: ${reason}` };
}

/** The SDK does not hear the signal in every state it can be in. */
async function settledBefore<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const listener = () => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', listener, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', listener);
  }
}
