import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import type { Session } from '../../../src/http/schemas/session.ts';
import { currentSession, signIn, signOut } from '../api/hub.ts';
import { ApiError } from '../api/request.ts';
import { signInCode } from './sign-in-link.ts';

/** Why nobody is signed in, for the sign-in page. */
export type SignedOutBecause = 'not_yet' | 'link_used' | 'ended' | 'signed_out';

type SessionState =
  | { status: 'signed_in'; session: Session }
  | { status: 'signed_out'; because: SignedOutBecause };

const KEY = ['session'];

let code = takeSignInCode();

/** Reads the code and removes it from the address at once, so that it is in no history and no bookmark. */
function takeSignInCode(): string | null {
  const code = signInCode(location.hash);
  if (code !== null) history.replaceState(history.state, '', location.pathname + location.search);
  return code;
}

async function readSession(): Promise<SessionState> {
  const taken = code;
  code = null;
  let because: SignedOutBecause = 'not_yet';
  if (taken !== null) {
    try {
      return { status: 'signed_in', session: await signIn(taken) };
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) {
        // The code was not looked at: it may be tried again.
        code = taken;
        throw error;
      }
      because = 'link_used';
    }
  }
  const session = await currentSession();
  return session === null ? { status: 'signed_out', because } : { status: 'signed_in', session };
}

/** Who is signed in; asked once, then told by whatever answers 401. */
export function useSessionState() {
  const client = useQueryClient();
  useEffect(() => {
    const followLink = (): void => {
      code = takeSignInCode();
      if (code !== null) void client.invalidateQueries({ queryKey: KEY });
    };
    addEventListener('hashchange', followLink);
    return () => removeEventListener('hashchange', followLink);
  }, [client]);
  return useQuery({
    queryKey: KEY,
    queryFn: readSession,
    staleTime: Infinity,
    retry: true,
    retryDelay: 2_000,
  });
}

export function sessionStarted(client: QueryClient, session: Session): void {
  setState(client, { status: 'signed_in', session });
}

export function sessionEnded(client: QueryClient, because: SignedOutBecause): void {
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
  setState(client, { status: 'signed_out', because });
}

function setState(client: QueryClient, state: SessionState): void {
  client.setQueryData(KEY, () => state);
}

/** Signs out here even where the hub cannot be told: the cookie ends with its time then. */
export function useSignOut(): () => void {
  const client = useQueryClient();
  return useCallback(() => {
    signOut().then(
      () => sessionEnded(client, 'signed_out'),
      () => sessionEnded(client, 'signed_out'),
    );
  }, [client]);
}
