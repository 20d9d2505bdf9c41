import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { Subscription } from '../../../src/http/schemas/subscriptions.ts';
import { fullTime } from '../words/times.ts';
import { timeLeft } from './time-left.ts';

export function TimeLeftBar({ subscription, nowMs }: { subscription: Subscription; nowMs: number }) {
  const styles = useStyles();
  const left = timeLeft(subscription, nowMs);
  if (left === null) return <span className={styles.none}>not at Graph</span>;
  return (
    <div
      className={styles.left}
      title={subscription.expiresAt === null ? undefined : `Expires ${fullTime(subscription.expiresAt)}`}
    >
      <span className={styles.words}>
        <span className={mergeClasses(styles.text, left.level === 'over' && styles.overText)}>
          {left.text}
        </span>
        {left.renewal !== null && <span className={styles.renewal}>{left.renewal}</span>}
      </span>
      {/* The words above say it; this shows it. */}
      <span className={styles.bar} aria-hidden="true">
        <span
          className={mergeClasses(styles.fill, styles[left.level])}
          style={{ width: `${left.part * 100}%` }}
        />
        {left.renewAtPart !== null && (
          <span className={styles.tick} style={{ left: `${left.renewAtPart * 100}%` }} />
        )}
      </span>
    </div>
  );
}

const useStyles = makeStyles({
  left: { display: 'grid', gap: '4px', minWidth: '140px' },
  words: { display: 'flex', justifyContent: 'space-between', columnGap: '10px', whiteSpace: 'nowrap' },
  text: { fontVariantNumeric: 'tabular-nums' },
  overText: { color: tokens.colorPaletteRedForeground1 },
  renewal: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  none: { color: tokens.colorNeutralForeground3 },
  bar: {
    position: 'relative',
    display: 'block',
    height: '5px',
    borderRadius: '3px',
    backgroundColor: tokens.colorNeutralStroke2,
  },
  fill: { position: 'absolute', insetBlock: 0, left: 0, borderRadius: '3px' },
  good: { backgroundColor: tokens.colorCompoundBrandBackground },
  due: { backgroundColor: tokens.colorPaletteDarkOrangeBackground3 },
  over: { backgroundColor: tokens.colorPaletteRedBackground3 },
  tick: {
    position: 'absolute',
    insetBlock: '-2px',
    width: '2px',
    backgroundColor: tokens.colorNeutralForeground2,
    outline: `1px solid ${tokens.colorNeutralBackground1}`,
  },
});
