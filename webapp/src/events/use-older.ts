import { useCallback, useRef, useState } from 'react';
import { eventsBefore } from '../api/hub.ts';
import { rowOf } from '../live/event-row.ts';
import { useLive, useLiveView } from '../live/live-context.tsx';
import { MAX_HELD_ROWS } from '../live/live-store.ts';

export type OlderState = 'idle' | 'loading' | 'end' | 'full' | 'failed';

/** Reads the log backwards from the oldest line shown, a page at a time. */
export function useOlder() {
  const live = useLive();
  const [state, setState] = useState<OlderState>('idle');
  const busy = useRef(false);

  const load = useCallback(
    async (pageSize: number): Promise<void> => {
      const { rows } = live.view();
      const oldest = rows.at(-1);
      if (busy.current || oldest === undefined) return;
      if (rows.length >= MAX_HELD_ROWS) return setState('full');
      busy.current = true;
      setState('loading');
      try {
        const page = await eventsBefore(oldest.sequence, pageSize);
        live.hold('reading');
        live.appendOlder(page.items.map(rowOf));
        setState(page.items.length < pageSize ? 'end' : 'idle');
      } catch {
        // Said in the list's foot, with a button to try again.
        setState('failed');
      } finally {
        busy.current = false;
      }
    },
    [live],
  );
  // The first of the log: before it there is nothing to look for.
  const isWhole = useLiveView((view) => view.rows.at(-1)?.sequence === 1);
  return { state: isWhole ? 'end' : state, load, reset: useCallback(() => setState('idle'), []) };
}
