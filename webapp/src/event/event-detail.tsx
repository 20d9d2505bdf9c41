import { makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { useMemo, type ReactNode } from 'react';
import type { EventDetail as Detail } from '../api/hub.ts';
import { ChangeIcon } from '../events/change-icon.tsx';
import { aboutOf } from '../../../src/core/about.ts';
import { shortType } from '../../../src/core/shorten.ts';
import { Attributes } from './attributes.tsx';
import { CopyButton } from './copy-button.tsx';
import { JourneyLine } from './journey-line.tsx';
import { JsonView } from './json-view.tsx';

export function EventDetail({ event, journey }: Detail) {
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
      <Section id="journey" title="Journey">
        <JourneyLine journey={journey} />
      </Section>
      <Section id="attributes" title="Attributes">
        <Attributes event={event} />
      </Section>
      <Section
        id="data"
        title="Data"
        actions={
          <>
            <CopyButton label="Copy the data" text={data} words />
            <CopyButton label="Copy the whole event" text={() => JSON.stringify(event, null, 2)} words />
          </>
        }
      >
        <JsonView json={data} />
      </Section>
    </>
  );
}

interface SectionProps {
  id: string;
  title: string;
  actions?: ReactNode;
  children: ReactNode;
}

function Section({ id, title, actions, children }: SectionProps) {
  const styles = useStyles();
  return (
    <section aria-labelledby={id}>
      <div className={styles.headingBar}>
        <h2 id={id} className={styles.heading}>
          {title}
        </h2>
        {actions}
      </div>
      {children}
    </section>
  );
}

const useStyles = makeStyles({
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
  headingBar: {
    display: 'flex',
    alignItems: 'baseline',
    flexWrap: 'wrap',
    columnGap: '4px',
    marginBottom: '10px',
  },
  heading: {
    margin: '0 auto 0 0',
    fontSize: tokens.fontSizeBase300,
    lineHeight: tokens.lineHeightBase300,
    fontWeight: tokens.fontWeightSemibold,
  },
});
