import { Button, makeStyles, mergeClasses, Spinner, Text, tokens, Tooltip } from '@fluentui/react-components';
import { ArrowLeft20Regular } from '@fluentui/react-icons/svg/arrow-left';
import { ChevronLeft20Regular } from '@fluentui/react-icons/svg/chevron-left';
import { ChevronRight20Regular } from '@fluentui/react-icons/svg/chevron-right';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useLocation } from 'wouter';
import { eventDetail, type EventDetail } from '../api/hub.ts';
import { ChangeIcon } from '../events/change-icon.tsx';
import { Trouble } from '../frame/trouble.tsx';
import { usePageTitle } from '../frame/use-page-title.ts';
import { aboutOf } from '../live/about.ts';
import { shortType } from '../words/shorten.ts';
import { Attributes } from './attributes.tsx';
import { CopyButton } from './copy-button.tsx';
import { JourneyLine } from './journey-line.tsx';
import { JsonView } from './json-view.tsx';

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
  });
  return (
    <div className={styles.scroll}>
      <article className={styles.page}>
        <Bar sequence={valid ? Number(sequence) : null} />
        {!valid && (
          <Trouble
            title="That is not an event's number"
            detail="An event's address is its sequence, a whole number."
          />
        )}
        {error && <Trouble title="This event cannot be shown" error={error} />}
        {valid && !error && !data && <Spinner label="Reading the event" />}
        {data && <Detail detail={data} />}
      </article>
    </div>
  );
}

function Bar({ sequence }: { sequence: number | null }) {
  const styles = useStyles();
  const [, navigate] = useLocation();
  return (
    <div className={styles.bar}>
      <Link href="/" className={styles.back}>
        <ArrowLeft20Regular aria-hidden="true" /> All events
      </Link>
      {sequence !== null && (
        <span className={styles.steps}>
          <Tooltip content="The event before" relationship="label">
            <Button
              appearance="subtle"
              icon={<ChevronLeft20Regular />}
              disabled={sequence <= 1}
              onClick={() => navigate(`/events/${sequence - 1}`)}
            />
          </Tooltip>
          <Tooltip content="The event after" relationship="label">
            <Button
              appearance="subtle"
              icon={<ChevronRight20Regular />}
              onClick={() => navigate(`/events/${sequence + 1}`)}
            />
          </Tooltip>
        </span>
      )}
    </div>
  );
}

function Detail({ detail: { event, journey } }: { detail: EventDetail }) {
  const styles = useStyles();
  const about = aboutOf(event);
  const data = useMemo(() => JSON.stringify(event.data, null, 2), [event.data]);
  return (
    <>
      <header className={styles.head}>
        <Text className={styles.type}>
          <ChangeIcon changeType={event.changetype ?? null} /> {shortType(event.type)}
          <span className={styles.faint}> · {Number(event.sequence)}</span>
        </Text>
        <h1 className={mergeClasses(styles.title, !about.known && styles.absent)}>{about.text}</h1>
        {event.data.reason !== undefined && <Text className={styles.faint}>{event.data.reason.message}</Text>}
      </header>
      <section aria-labelledby="journey">
        <h2 id="journey" className={styles.heading}>
          Journey
        </h2>
        <JourneyLine journey={journey} />
      </section>
      <section aria-labelledby="attributes">
        <h2 id="attributes" className={styles.heading}>
          Attributes
        </h2>
        <Attributes event={event} />
      </section>
      <section aria-labelledby="data">
        <div className={styles.headingBar}>
          <h2 id="data" className={styles.heading}>
            Data
          </h2>
          <CopyButton label="Copy the data" text={data} words />
          <CopyButton label="Copy the whole event" text={() => JSON.stringify(event, null, 2)} words />
        </div>
        <JsonView json={data} />
      </section>
    </>
  );
}

const useStyles = makeStyles({
  scroll: { height: '100%', overflow: 'auto' },
  page: {
    maxWidth: '960px',
    margin: '0 auto',
    padding: '8px 24px 48px',
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    gap: '28px',
    '@media (max-width: 760px)': { padding: '4px 16px 32px', gap: '24px' },
  },
  bar: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    minHeight: '40px',
    marginBottom: '-12px',
  },
  back: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: '6px',
    color: tokens.colorNeutralForeground2,
    textDecorationLine: 'none',
    ':hover': { color: tokens.colorNeutralForeground1, textDecorationLine: 'underline' },
  },
  steps: { display: 'inline-flex' },
  head: { display: 'grid', gap: '4px' },
  type: { display: 'inline-flex', alignItems: 'center', gap: '6px', color: tokens.colorNeutralForeground2 },
  title: {
    margin: 0,
    fontSize: tokens.fontSizeBase600,
    lineHeight: tokens.lineHeightBase600,
    fontWeight: tokens.fontWeightSemibold,
    letterSpacing: '-0.01em',
    overflowWrap: 'anywhere',
  },
  absent: { color: tokens.colorNeutralForeground2 },
  faint: { color: tokens.colorNeutralForeground3 },
  heading: {
    margin: '0 0 10px',
    fontSize: tokens.fontSizeBase300,
    lineHeight: tokens.lineHeightBase300,
    fontWeight: tokens.fontWeightSemibold,
  },
  headingBar: {
    display: 'flex',
    alignItems: 'baseline',
    flexWrap: 'wrap',
    columnGap: '4px',
    '> h2': { marginRight: 'auto' },
  },
});
