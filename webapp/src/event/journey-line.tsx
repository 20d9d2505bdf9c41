import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { Journey } from '../../../src/http/schemas/events.ts';
import { clockWithMs, duration, fullTime } from '../words/times.ts';
import { stepsOf } from './journey.ts';

/**
 * The way from Graph's post to the log: where the time went, to scale above and in words below. The steps are the bar's legend:
 * each begins with the colour of its part.
 */
export function JourneyLine({ journey }: { journey: Journey }) {
  const styles = useStyles();
  const { steps, totalMs } = stepsOf(journey);
  return (
    <div className={styles.journey}>
      <div className={styles.scale} aria-hidden="true">
        {steps.map(
          ({ name, sinceMs }) =>
            sinceMs !== null && (
              <span
                key={name}
                className={mergeClasses(styles.part, styles[name])}
                style={{ flexGrow: sinceMs }}
                title={`${name} in ${duration(sinceMs)}`}
              />
            ),
        )}
      </div>
      <ol className={styles.steps}>
        {steps.map((step) => (
          <li key={step.name} className={styles.step}>
            <span
              className={mergeClasses(styles.dot, styles[step.name], step.at === null && styles.hollow)}
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

const useStyles = makeStyles({
  journey: { display: 'grid', gap: '10px' },
  scale: {
    display: 'flex',
    gap: '2px',
    height: '8px',
    borderRadius: '4px',
    overflow: 'hidden',
    backgroundColor: tokens.colorNeutralBackground4,
  },
  part: { minWidth: '3px', flexBasis: 0 },
  Accepted: { backgroundColor: tokens.colorNeutralForeground3 },
  Verified: { backgroundColor: 'var(--colorJourneyVerified)' },
  Fetched: { backgroundColor: 'var(--colorJourneyFetched)' },
  Numbered: { backgroundColor: 'var(--colorJourneyNumbered)' },
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
    '@media (max-width: 760px)': { gridTemplateColumns: '12px 84px minmax(0, 1fr) auto' },
  },
  dot: {
    position: 'relative',
    width: '10px',
    height: '10px',
    borderRadius: '50%',
    boxSizing: 'border-box',
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
