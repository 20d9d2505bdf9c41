import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { LiveView } from './live-store.ts';
import { live as newLive, type Live } from './live.ts';

const LiveContext = createContext<Live | null>(null);

/** Runs the feed for as long as somebody is signed in, whatever page is open. */
export function LiveProvider({ signedOut, children }: { signedOut: () => void; children: ReactNode }) {
  const [live] = useState(newLive);
  useEffect(() => live.start(signedOut), [live, signedOut]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error('useLive outside of LiveProvider');
  return live;
}

/** One part of what the list shows; drawn again only when that part changes. */
export function useLiveView<Part>(part: (view: LiveView) => Part): Part {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, () => part(live.view()));
}
