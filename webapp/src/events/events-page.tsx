import { Button, makeStyles, MessageBar, MessageBarBody, Text, tokens } from '@fluentui/react-components';
import { useCallback, useMemo } from 'react';
import { Link, useSearchParams } from 'wouter';
import { usePageTitle } from '../frame/use-page-title.ts';
import { filterRows, type EventRow } from '../live/event-row.ts';
import { useLive, useLiveView } from '../live/live-context.tsx';
import { SPOKEN_ONLY } from '../screen/spoken-only.ts';
import { count, fullTime } from '../words/times.ts';
import { EventList } from './event-list.tsx';
import { ListFoot } from './list-foot.tsx';
import { ListToolbar } from './list-toolbar.tsx';
import { useOlder } from './use-older.ts';

/** Above this rate a flash for each new line would only flicker. */
const CALM_PER_SECOND = 4;
const FLASH_MS = 2_000;
const SCROLLED_PAGE = 200;
const SEARCHED_PAGE = 1_000;

export function EventsPage() {
  const styles = useStyles();
  usePageTitle('Events');
  const live = useLive();
  const all = useLiveView((view) => view.rows);
  const heldBy = useLiveView((view) => view.heldBy);
  const state = useLiveView((view) => view.state);
  const calm = useLiveView((view) => (view.perSecond ?? 0) < CALM_PER_SECOND);
  const [query, setQuery] = useSearchParams();
  const filter = query.get('filter') ?? '';
  // In the address, so that it is there again after a look at an event, and can be sent on.
  const setFilter = (text: string) => setQuery(text === '' ? {} : { filter: text }, { replace: true });
  const rows = useMemo(() => filterRows(all, filter), [all, filter]);
  const filtered = filter.trim() !== '';
  const older = useOlder();
  const { load, reset } = older;

  const onReading = useCallback(() => live.hold('reading'), [live]);
  const onTop = useCallback(() => {
    if (live.view().heldBy !== 'reading') return;
    live.follow();
    reset();
  }, [live, reset]);
  const onNearEnd = useCallback(() => {
    if (!filtered && older.state === 'idle') void load(SCROLLED_PAGE);
  }, [filtered, older.state, load]);

  return (
    <div className={styles.page}>
      <h1 className={styles.title}>Events</h1>
      <ListToolbar filter={filter} onFilter={setFilter} shown={rows.length} />
      <Gone rows={all} />
      {all.length === 0 ? (
        <NoEvents waiting={state === 'connecting' || state === 'catching-up' || state === 'offline'} />
      ) : (
        <EventList
          rows={rows}
          following={heldBy === null}
          flashMs={calm && heldBy === null ? FLASH_MS : 0}
          onReading={onReading}
          onTop={onTop}
          onNearEnd={onNearEnd}
          empty={filtered && <NoMatch among={all.length} onClear={() => setFilter('')} />}
          footer={
            <ListFoot state={older.state} byButton={filtered} onLoad={() => void load(SEARCHED_PAGE)} />
          }
        />
      )}
    </div>
  );
}

/** Says what no reading can bring back. */
function Gone({ rows }: { rows: readonly EventRow[] }) {
  const styles = useStyles();
  const goneBefore = useLiveView((view) => view.goneBefore);
  if (goneBefore === null) return null;
  const first = rows.findLast((row) => row.sequence >= goneBefore);
  return (
    <MessageBar intent="warning" layout="multiline" className={styles.gone}>
      <MessageBarBody>
        While this page was away, events it had not seen ran out of their time: they are kept from number{' '}
        {count(goneBefore)}
        {first?.sequence === goneBefore ? ` (${fullTime(first.time)})` : ''} on. The list goes on from there.
      </MessageBarBody>
    </MessageBar>
  );
}

function NoMatch({ among, onClear }: { among: number; onClear: () => void }) {
  const styles = useStyles();
  return (
    <div className={styles.noMatch}>
      <output>
        <Text size={400} weight="semibold" align="center" block>
          No event matches
        </Text>
        <Text align="center" block className={styles.faint}>
          None of the newest {count(among)} says that.
        </Text>
      </output>
      <Button onClick={onClear}>Clear the filter</Button>
    </div>
  );
}

function NoEvents({ waiting }: { waiting: boolean }) {
  const styles = useStyles();
  if (waiting)
    return (
      <output className={styles.empty}>
        <Text className={styles.faint}>Waiting for the hub.</Text>
      </output>
    );
  return (
    <div className={styles.empty}>
      <Text size={400} weight="semibold">
        No events yet
      </Text>
      <Text align="center" className={styles.faint}>
        As soon as something changes in what is{' '}
        <Link href="/subscriptions" className={styles.link}>
          subscribed to
        </Link>
        , it appears here.
      </Text>
    </div>
  );
}

const useStyles = makeStyles({
  page: {
    height: '100%',
    display: 'flex',
    flexDirection: 'column',
    minHeight: 0,
    '> :last-child': { flexGrow: 1, minHeight: 0 },
  },
  title: SPOKEN_ONLY,
  gone: { margin: '0 16px 8px' },
  empty: {
    display: 'grid',
    alignContent: 'center',
    justifyItems: 'center',
    gap: '10px',
    padding: '24px',
    textAlign: 'center',
  },
  noMatch: {
    display: 'grid',
    justifyItems: 'center',
    gap: '14px',
    padding: '64px 24px 8px',
    textAlign: 'center',
  },
  faint: { color: tokens.colorNeutralForeground2 },
  link: { color: tokens.colorBrandForegroundLink },
});
