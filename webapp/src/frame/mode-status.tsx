import {
  Button,
  makeStyles,
  mergeClasses,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  Text,
  tokens,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { readiness } from '../api/hub.ts';

/** Which mode the hub runs in, and on asking what is simulated and how its dependencies are. */
export function ModeStatus() {
  const styles = useStyles();
  const { data } = useQuery({ queryKey: ['readiness'], queryFn: readiness, refetchInterval: 15_000 });
  if (data === undefined) return null;
  const mode = data.mode === 'production' ? 'Production' : data.mode === 'local' ? 'Local' : 'Hub';
  const ailing = Object.entries(data.dependencies ?? {}).filter(([, dependency]) => !dependency.ok);
  const notReady = ailing.length > 0 || data.status === 'not_ready';
  const standIns = data.standIns ?? [];
  return (
    <Popover withArrow positioning="below-end" trapFocus={false}>
      <PopoverTrigger disableButtonEnhancement>
        <Button appearance="subtle" className={styles.button}>
          <span className={mergeClasses(notReady && styles.wide)}>{mode}</span>
          {notReady && <span className={styles.ailing}>not ready</span>}
        </Button>
      </PopoverTrigger>
      <PopoverSurface className={styles.surface} aria-label="About this hub">
        <Text weight="semibold" block>
          {mode === 'Local' ? 'Local mode' : `${mode} mode`}
          {data.version !== undefined && <span className={styles.faint}> · version {data.version}</span>}
        </Text>
        {standIns.length === 0 ? (
          <Text block className={styles.faint}>
            Nothing is simulated.
          </Text>
        ) : (
          <dl className={styles.list}>
            {standIns.map((standIn) => (
              <div key={standIn.for}>
                <dt className={styles.term}>{standIn.for}</dt>
                <dd className={styles.what}>{standIn.what}</dd>
              </div>
            ))}
          </dl>
        )}
        {ailing.map(([name, dependency]) => (
          <Text key={name} block className={styles.problem}>
            {name} is not ready{dependency.message === undefined ? '' : `: ${dependency.message}`}
          </Text>
        ))}
      </PopoverSurface>
    </Popover>
  );
}

const useStyles = makeStyles({
  button: {
    minWidth: 0,
    fontWeight: tokens.fontWeightRegular,
    color: tokens.colorNeutralForeground2,
    gap: '6px',
    '@media (max-width: 760px)': { padding: '0 6px' },
  },
  wide: { '@media (max-width: 760px)': { display: 'none' } },
  ailing: {
    whiteSpace: 'nowrap',
    padding: '0 6px',
    borderRadius: tokens.borderRadiusMedium,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorPaletteRedForeground2,
    backgroundColor: tokens.colorPaletteRedBackground2,
  },
  surface: { maxWidth: '320px', display: 'grid', gap: '10px' },
  list: { margin: 0, display: 'grid', gap: '8px' },
  term: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3 },
  what: { margin: 0 },
  faint: { color: tokens.colorNeutralForeground3, fontWeight: tokens.fontWeightRegular },
  problem: { color: tokens.colorPaletteRedForeground1 },
});
