import { makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import type { ReactNode, Ref } from 'react';

interface PageProps {
  /** As wide as a table wants to be, not as a text does. */
  wide?: boolean;
  /** What scrolls. */
  scroller?: Ref<HTMLDivElement>;
  children: ReactNode;
}

/** A column that scrolls below the header; nothing else does. */
export function Page({ wide = false, scroller, children }: PageProps) {
  const styles = useStyles();
  return (
    <div ref={scroller} className={styles.scroll}>
      <div className={mergeClasses(styles.page, wide && styles.wide)}>{children}</div>
    </div>
  );
}

interface PageHeadProps {
  title: string;
  /** A sentence on what is here. */
  lead?: string;
  /** A button, for what can be done to all of it. */
  action?: ReactNode;
}

export function PageHead({ title, lead, action }: PageHeadProps) {
  const styles = useStyles();
  return (
    <div className={styles.head}>
      <div>
        <h1 className={styles.title}>{title}</h1>
        {lead !== undefined && <Text className={styles.lead}>{lead}</Text>}
      </div>
      {action}
    </div>
  );
}

const useStyles = makeStyles({
  // With a position, so that what is placed inside scrolls along and cannot make the document taller.
  scroll: { position: 'relative', height: '100%', overflow: 'auto' },
  page: {
    maxWidth: '960px',
    margin: '0 auto',
    padding: '16px 24px 48px',
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    gap: '12px',
    '@media (max-width: 760px)': { padding: '12px 16px 32px' },
  },
  wide: { maxWidth: '1200px' },
  head: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'space-between',
    gap: '12px',
  },
  title: {
    margin: 0,
    fontSize: tokens.fontSizeBase500,
    lineHeight: tokens.lineHeightBase500,
    fontWeight: tokens.fontWeightSemibold,
  },
  lead: { color: tokens.colorNeutralForeground2 },
});
