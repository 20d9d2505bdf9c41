import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { ConnectionState } from '../live/feed-runner.ts';
import { useLiveView } from '../live/live-context.tsx';
import { useNow } from '../screen/use-now.ts';
import { shortTime } from '../words/times.ts';

const WORDS: Record<ConnectionState, { word: string; means: string }> = {
  connecting: { word: 'Connecting', means: 'Asking the hub for a live connection.' },
  'catching-up': { word: 'Catching up', means: 'Connected; reading what was missed.' },
  live: { word: 'Live', means: 'Events appear the moment the hub numbers them.' },
  reconnecting: {
    word: 'Reconnecting',
    means: 'The live connection has fallen silent and is being restored. Nothing is missed.',
  },
  polling: {
    word: 'Polling',
    means:
      'No live connection can be had just now, so new events are asked for every 2 seconds. Nothing is missed.',
  },
  offline: {
    word: 'Offline',
    means: 'The hub does not answer. What is missed meanwhile is read when it is back.',
  },
  'signed-out': { word: 'Signed out', means: 'The session has ended.' },
};

/** In these the rate of events says something. */
const FLOWING: ReadonlySet<ConnectionState> = new Set(['live', 'polling']);

/** By words first; colour and shape repeat them. */
export function ConnectionStatus() {
  const styles = useStyles();
  const state = useLiveView((view) => view.state);
  const since = useLiveView((view) => view.stateSince);
  const perSecond = useLiveView((view) => view.perSecond);
  const { word, means } = WORDS[state];
  return (
    <span className={styles.status} title={means}>
      <span aria-hidden="true" className={mergeClasses(styles.dot, styles[state])} />
      <output aria-label={`Connection: ${word}. ${means}`}>{word}</output>
      {state === 'offline' && <OfflineSince at={since} />}
      {FLOWING.has(state) && perSecond !== null && (
        <span className={styles.rate} title="Events a second, over the last 5 seconds">
          {perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s
        </span>
      )}
    </span>
  );
}

function OfflineSince({ at }: { at: number }) {
  const styles = useStyles();
  const now = useNow(60_000);
  return <span className={styles.since}>since {shortTime(new Date(at).toISOString(), now)}</span>;
}

const useStyles = makeStyles({
  status: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: '7px',
    padding: '0 8px',
    '@media (max-width: 760px)': { padding: '0 4px' },
    whiteSpace: 'nowrap',
  },
  dot: {
    width: '9px',
    height: '9px',
    boxSizing: 'border-box',
    borderRadius: '50%',
    border: '2px solid currentColor',
  },
  connecting: { color: tokens.colorNeutralForeground3, borderBottomColor: 'transparent' },
  'catching-up': { color: tokens.colorBrandForeground1, borderBottomColor: 'transparent' },
  live: {
    color: tokens.colorPaletteLightGreenForeground1,
    backgroundColor: tokens.colorPaletteLightGreenForeground1,
  },
  reconnecting: { color: tokens.colorPaletteDarkOrangeForeground1, borderBottomColor: 'transparent' },
  polling: { color: tokens.colorPaletteDarkOrangeForeground1 },
  offline: { color: tokens.colorPaletteRedForeground1, borderRadius: '1px' },
  'signed-out': { color: tokens.colorNeutralForeground3, borderRadius: '1px' },
  since: { color: tokens.colorNeutralForeground3, fontVariantNumeric: 'tabular-nums' },
  rate: {
    minWidth: '3.2em',
    textAlign: 'right',
    color: tokens.colorNeutralForeground3,
    fontVariantNumeric: 'tabular-nums',
  },
});
