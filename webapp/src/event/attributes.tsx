import { makeStyles, tokens } from '@fluentui/react-components';
import { Link } from 'wouter';
import type { CloudEvent } from '../../../src/http/schemas/events.ts';
import { Breakable } from '../words/breakable.tsx';
import { fullTime } from '../words/times.ts';
import { CopyButton } from './copy-button.tsx';

/** All that the CloudEvent says beside its data, under CloudEvents' own names. */
export function Attributes({ event }: { event: CloudEvent }) {
  const styles = useStyles();
  const { data: _data, ...attributes } = event;
  return (
    <dl className={styles.list}>
      {Object.entries(attributes).map(([name, value]) => (
        <div key={name} className={styles.attribute}>
          <dt className={styles.name}>{name}</dt>
          <dd className={styles.value}>
            <span className={styles.text}>
              {name === 'subscriptionkey' ? (
                <Link href={`/subscriptions/${value}`} className={styles.link}>
                  {value}
                </Link>
              ) : (
                <Breakable text={value} />
              )}
            </span>
            {name === 'time' && <span className={styles.faint}>{fullTime(value)}</span>}
          </dd>
          <span className={styles.copy}>
            <CopyButton label={`Copy ${name}`} text={value} />
          </span>
        </div>
      ))}
    </dl>
  );
}

const NARROW = '@media (max-width: 760px)';

const useStyles = makeStyles({
  list: { margin: 0, display: 'grid' },
  attribute: {
    display: 'grid',
    gridTemplateColumns: '136px minmax(0, 1fr) auto',
    alignItems: 'center',
    columnGap: '12px',
    minHeight: '32px',
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    ':first-child': { borderTop: `1px solid ${tokens.colorNeutralStroke3}` },
    [NARROW]: { gridTemplateColumns: 'minmax(0, 1fr) auto', columnGap: '8px', padding: '6px 0' },
  },
  name: {
    color: tokens.colorNeutralForeground3,
    [NARROW]: { fontSize: tokens.fontSizeBase200, lineHeight: tokens.lineHeightBase200 },
  },
  value: {
    margin: 0,
    padding: '5px 0',
    display: 'flex',
    flexWrap: 'wrap',
    columnGap: '12px',
    [NARROW]: { gridArea: '2 / 1', padding: 0 },
  },
  text: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
  },
  link: { color: tokens.colorBrandForegroundLink },
  faint: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  copy: { display: 'inline-flex', [NARROW]: { gridArea: '1 / 2 / 3 / 3' } },
});
