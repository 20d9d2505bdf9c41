import { makeStyles, Spinner } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { eventDetail } from '../api/hub.ts';
import { ApiError } from '../api/request.ts';
import { Page } from '../frame/page.tsx';
import { Trouble } from '../frame/trouble.tsx';
import { usePageTitle } from '../frame/use-page-title.ts';
import { EventBar } from './event-bar.tsx';
import { EventDetail } from './event-detail.tsx';

/** Asked again so often while the hub cannot answer. */
const AGAIN_MS = 3_000;

/** One event: what it is about, its way through the hub, its attributes, its content. It never changes, so it is read once. */
export function EventPage({ sequence }: { sequence: string }) {
  const styles = useStyles();
  usePageTitle(`Event ${Number(sequence)}`);
  const valid = /^\d{1,16}$/.test(sequence);
  const { data, error } = useQuery({
    queryKey: ['event', sequence],
    queryFn: ({ signal }) => eventDetail(sequence, signal),
    staleTime: Infinity,
    enabled: valid,
    refetchInterval: ({ state }) => (state.error !== null && mayPass(state.error) ? AGAIN_MS : false),
  });
  const scroller = useRef<HTMLDivElement>(null);
  // The page stays from one event to the next, so that the focus does; each is read from its top.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- the sequence says when, not what
  }, [sequence]);
  return (
    <Page scroller={scroller}>
      <article className={styles.event}>
        <EventBar sequence={valid ? Number(sequence) : null} known={data !== undefined} />
        {!valid && (
          <Trouble
            title="That is not an event's number"
            detail="An event's address is its sequence, a whole number."
          />
        )}
        {error && !data && <Trouble title="This event cannot be shown" error={error} />}
        {valid && !error && !data && <Spinner label="Reading the event" />}
        {data && <EventDetail event={data.event} journey={data.journey} />}
      </article>
    </Page>
  );
}

function mayPass(error: Error): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status >= 500;
}

const useStyles = makeStyles({
  event: {
    marginTop: '-8px',
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    gap: '28px',
    '@media (max-width: 760px)': { gap: '24px' },
  },
});
