/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a virtual list places its lines itself, on a grid: table elements, so placed, are no table any more */
import { mergeClasses } from '@fluentui/react-components';
import { memo } from 'react';
import type { EventRow } from '../live/event-row.ts';
import { shortenPath, shortType } from '../../../src/core/shorten.ts';
import { fullTime, shortTime } from '../words/times.ts';
import { ChangeIcon } from './change-icon.tsx';
import { useRowStyles } from './row-styles.ts';

interface EventLineProps {
  row: EventRow;
  /** Its place in the whole list, from 1; line 1 is the head. */
  line: number;
  /** The one line that the Tab key reaches; the arrow keys go on from there. */
  reachable: boolean;
  fresh: boolean;
}

/**
 * One event, as a line. The link covers the line, so a click anywhere opens it and the browser's own ways (another tab, copying
 * the address) work; the list handles the plain click for all lines at once.
 */
export const EventLine = memo(function EventLine({ row, line, reachable, fresh }: EventLineProps) {
  const styles = useRowStyles();
  return (
    <div role="row" aria-rowindex={line} className={mergeClasses(styles.row, fresh && styles.fresh)}>
      <span role="cell" className={styles.time} title={fullTime(row.time)}>
        <time dateTime={row.time}>{shortTime(row.time, Date.now())}</time>
      </span>
      <span role="cell" className={styles.type} title={row.type}>
        <ChangeIcon changeType={row.changeType} />
        <span className={styles.typeText}>{shortType(row.type)}</span>
      </span>
      <span role="cell" className={styles.about} title={row.about.text}>
        <a
          href={`/events/${row.sequence}`}
          data-sequence={row.sequence}
          tabIndex={reachable ? 0 : -1}
          className={mergeClasses(styles.link, !row.about.known && styles.absent)}
        >
          {row.about.text}
        </a>
      </span>
      <span role="cell" className={styles.subject} title={row.subject}>
        {shortenPath(row.subject, 11)}
      </span>
      <span role="cell" className={mergeClasses(styles.origin, row.origin === 'catch-up' && styles.notable)}>
        {row.origin}
      </span>
      <span role="cell" className={styles.sequence}>
        {row.sequence}
      </span>
    </div>
  );
});
