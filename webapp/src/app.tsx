import { FluentProvider } from '@fluentui/react-components';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ApiError, isUnauthenticated } from './api/request.ts';
import { Frame } from './frame/frame.tsx';
import { LiveProvider } from './live/live-context.tsx';
import { useMedia } from './screen/use-media.ts';
import { SessionProvider } from './session/session-context.ts';
import { SignInPage } from './session/sign-in-page.tsx';
import { sessionEnded, useSessionState } from './session/use-session.ts';
import { darkTheme, lightTheme } from './theme.ts';
import { WaitingPage } from './frame/waiting-page.tsx';

/** Any answer 401 ends the session here; the address stays, so signing in leads back to it. */
const client = new QueryClient({
  queryCache: new QueryCache({ onError: endIfUnauthenticated }),
  mutationCache: new MutationCache({
    onError: (error, _given, _context, mutation) => {
      if (mutation.options.mutationKey?.[0] !== 'sign-in') endIfUnauthenticated(error);
    },
  }),
  defaultOptions: {
    // The hub may be on this machine: whether the browser has a network says nothing of it.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 5_000,
      retry: (failures, error) =>
        failures < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
    },
  },
});

function endIfUnauthenticated(error: unknown): void {
  if (isUnauthenticated(error)) sessionEnded(client, 'ended');
}

function liveSignedOut(): void {
  sessionEnded(client, 'ended');
}

export function App() {
  const dark = useMedia('(prefers-color-scheme: dark)');
  return (
    <FluentProvider theme={dark ? darkTheme : lightTheme}>
      <QueryClientProvider client={client}>
        <Gate />
      </QueryClientProvider>
    </FluentProvider>
  );
}

function Gate() {
  const { data, failureCount } = useSessionState();
  if (data === undefined) return <WaitingPage unreachable={failureCount > 0} />;
  if (data.status === 'signed_out') return <SignInPage because={data.because} />;
  return (
    <SessionProvider value={data.session}>
      <LiveProvider signedOut={liveSignedOut}>
        <Frame />
      </LiveProvider>
    </SessionProvider>
  );
}
