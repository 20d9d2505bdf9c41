import { Button, makeStyles, SearchBox, tokens } from '@fluentui/react-components';
import { Pause20Regular } from '@fluentui/react-icons/svg/pause';
import { Play20Filled } from '@fluentui/react-icons/svg/play';
import { useLive, useLiveView } from '../live/live-context.tsx';
import { count } from '../words/times.ts';

interface ListToolbarProps {
  filter: string;
  onFilter: (filter: string) => void;
  shown: number;
}

export function ListToolbar({ filter, onFilter, shown }: ListToolbarProps) {
  const styles = useStyles();
  const live = useLive();
  const heldBy = useLiveView((view) => view.heldBy);
  const waiting = useLiveView((view) => view.waiting);
  const loaded = useLiveView((view) => view.rows.length);
  const paused = heldBy === 'pause';
  return (
    <div className={styles.bar} role="toolbar" aria-label="The list of events">
      <SearchBox
        className={styles.search}
        aria-label="Filter the events shown"
        placeholder="Filter by type, subject, subscription or content"
        value={filter}
        onChange={(_, { value }) => onFilter(value)}
      />
      <span className={styles.count}>
        {filter.trim() === '' ? count(loaded) : `${count(shown)} of ${count(loaded)}`}
        <span className={styles.wide}> {filter.trim() === '' ? 'shown' : 'match'}</span>
      </span>
      <output className={styles.waiting}>{heldBy !== null && waiting > 0 && `${count(waiting)} new`}</output>
      <Button
        className={styles.pause}
        appearance={heldBy === null ? 'secondary' : 'primary'}
        icon={heldBy === null ? <Pause20Regular /> : <Play20Filled />}
        title={
          heldBy === 'reading'
            ? 'The list stands still while you read. Go on with the newest.'
            : paused
              ? 'Show what came in and go on'
              : 'Let the list stand still'
        }
        onClick={() => (heldBy === null ? live.hold('pause') : live.follow())}
      >
        {heldBy === null ? 'Pause' : 'Resume'}
      </Button>
    </div>
  );
}

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    alignItems: 'center',
    gap: '12px',
    padding: '8px 16px',
    '@media (max-width: 760px)': { padding: '8px 12px', gap: '8px' },
  },
  search: { flexGrow: 1, flexShrink: 1, minWidth: 0, maxWidth: '440px' },
  count: {
    color: tokens.colorNeutralForeground3,
    whiteSpace: 'nowrap',
    fontVariantNumeric: 'tabular-nums',
  },
  wide: { '@media (max-width: 760px)': { display: 'none' } },
  waiting: {
    marginLeft: 'auto',
    whiteSpace: 'nowrap',
    fontWeight: tokens.fontWeightSemibold,
    fontVariantNumeric: 'tabular-nums',
    color: tokens.colorBrandForeground1,
  },
  pause: { flexShrink: 0, minWidth: '104px' },
});
