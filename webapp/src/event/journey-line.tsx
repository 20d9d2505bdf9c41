import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { Journey } from '../../../src/http/schemas/events.ts';
import { clockWithMs, duration, fullTime } from '../words/times.ts';
import { stepsOf } from './journey.ts';

/** The way from Graph's post to the log: where the time went, to scale above and in milliseconds below. */
export function JourneyLine({ journey }: { journey: Journey }) {
  const styles = useStyles();
  const { steps, totalMs } = stepsOf(journey);
  return (
    <div className={styles.journey}>
      <div className={styles.scale} aria-hidden="true">
        {steps
          .slice(1)
          .map(
            (step, index) =>
              step.sinceMs !== null && (
                <span
                  key={step.name}
                  className={mergeClasses(
                    styles.part,
                    SHADES[index] === 'strong' ? styles.strong : styles.soft,
                  )}
                  style={{ flexGrow: step.sinceMs }}
                />
              ),
          )}
      </div>
      <ol className={styles.steps}>
        {steps.map((step) => (
          <li key={step.name} className={styles.step}>
            <span
              className={mergeClasses(styles.dot, step.at === null && styles.hollow)}
              aria-hidden="true"
            />
            <span className={styles.name}>{step.name}</span>
            {step.at === null ? (
              <span className={styles.faint}>not needed</span>
            ) : (
              <time dateTime={step.at} title={fullTime(step.at)} className={styles.time}>
                {clockWithMs(step.at)}
              </time>
            )}
            <span className={styles.since}>{step.sinceMs === null ? '' : `+${duration(step.sinceMs)}`}</span>
            <span className={styles.means}>{step.means}</span>
          </li>
        ))}
      </ol>
      <p className={styles.total}>{duration(totalMs)} from Graph's post to the log.</p>
    </div>
  );
}

const SHADES = ['soft', 'strong', 'soft'];

const useStyles = makeStyles({
  journey: { display: 'grid', gap: '10px' },
  scale: {
    display: 'flex',
    gap: '2px',
    height: '6px',
    borderRadius: '3px',
    overflow: 'hidden',
    backgroundColor: tokens.colorNeutralBackground4,
  },
  part: { minWidth: '3px', flexBasis: 0 },
  soft: { backgroundColor: tokens.colorBrandStroke2 },
  strong: { backgroundColor: tokens.colorBrandBackground },
  steps: { listStyleType: 'none', margin: 0, padding: 0 },
  step: {
    position: 'relative',
    display: 'grid',
    gridTemplateColumns: '12px 84px 110px 84px minmax(0, 1fr)',
    columnGap: '10px',
    alignItems: 'center',
    minHeight: '30px',
    ':not(:last-child)::before': {
      content: '""',
      position: 'absolute',
      left: '4px',
      top: '50%',
      height: '100%',
      width: '2px',
      backgroundColor: tokens.colorNeutralStroke2,
    },
    '@media (max-width: 760px)': { gridTemplateColumns: '12px 78px minmax(0, 1fr) auto' },
  },
  dot: {
    position: 'relative',
    width: '10px',
    height: '10px',
    borderRadius: '50%',
    boxSizing: 'border-box',
    border: `2px solid ${tokens.colorBrandStroke1}`,
    backgroundColor: tokens.colorBrandStroke1,
  },
  hollow: {
    backgroundColor: tokens.colorNeutralBackground1,
    border: `2px solid ${tokens.colorNeutralStroke1}`,
  },
  name: { fontWeight: tokens.fontWeightSemibold },
  time: { fontVariantNumeric: 'tabular-nums' },
  since: {
    textAlign: 'right',
    fontVariantNumeric: 'tabular-nums',
    color: tokens.colorNeutralForeground2,
    whiteSpace: 'nowrap',
  },
  means: {
    color: tokens.colorNeutralForeground3,
    paddingLeft: '14px',
    '@media (max-width: 760px)': { display: 'none' },
  },
  faint: { color: tokens.colorNeutralForeground3 },
  total: { margin: 0, color: tokens.colorNeutralForeground2 },
});
