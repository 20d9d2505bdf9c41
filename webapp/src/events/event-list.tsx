/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a virtual list places its lines itself, on a grid: table elements, so placed, are no table any more */
import { makeStyles, tokens } from '@fluentui/react-components';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type MouseEvent, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { EventRow } from '../live/event-row.ts';
import { NARROW, useMedia } from '../screen/use-media.ts';
import { EventLine } from './event-line.tsx';
import { HEAD_HEIGHT, ROW_HEIGHT, useRowStyles } from './row-styles.ts';
import { useRowKeys } from './use-row-keys.ts';

interface EventListProps {
  rows: readonly EventRow[];
  following: boolean;
  /** Lines newer than this many milliseconds flash; 0 for none. */
  flashMs: number;
  /** Somebody looks at certain lines: they should not move. */
  onReading: () => void;
  /** Back at the top, with nothing in focus. */
  onTop: () => void;
  onNearEnd: () => void;
  /** Stands in place of the lines where there are none. */
  empty: ReactNode;
  footer: ReactNode;
}

/** Where the list was scrolled to when an event was opened, for coming back. */
let lastOffset = 0;

export function EventList(props: EventListProps) {
  const { rows, following, flashMs, onReading, onTop, onNearEnd, empty, footer } = props;
  const styles = useStyles();
  const rowStyles = useRowStyles();
  const scroller = useRef<HTMLDivElement>(null);
  const [, navigate] = useLocation();
  const size = useMedia(NARROW) ? 'narrow' : 'wide';
  const height = ROW_HEIGHT[size];
  // oxlint-disable-next-line react/incompatible-library -- concerns the React compiler, which is not used
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => rows[index]?.sequence ?? index,
    overscan: 10,
    // The head stands still above the lines, in the same scrolling box, so that both are equally wide.
    scrollMargin: HEAD_HEIGHT[size],
    scrollPaddingStart: HEAD_HEIGHT[size],
    initialOffset: following ? 0 : lastOffset,
    useFlushSync: false,
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  useEffect(() => {
    if (following) scroller.current?.scrollTo({ top: 0 });
  }, [following]);
  const keys = useRowKeys({
    rows,
    scroller,
    pageRows: 12,
    scrollTo: (index) => virtual.scrollToIndex(index),
    onReading,
  });

  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (!following && lastShown >= rows.length - 30) onNearEnd();
  }, [following, lastShown, rows.length, onNearEnd]);

  function scrolled(): void {
    const top = scroller.current?.scrollTop ?? 0;
    lastOffset = top;
    if (top > 4) onReading();
    else if (!scroller.current?.contains(document.activeElement)) onTop();
  }

  /** The lines' links, handled here once. Whatever asks for another tab or window is the browser's. */
  function clicked(event: MouseEvent): void {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[data-sequence]');
    if (link === null) return;
    event.preventDefault();
    onReading();
    navigate(link.pathname);
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the links inside are what is reached and pressed; this listens for all of them
    <div
      ref={scroller}
      className={styles.scroller}
      onScroll={scrolled}
      onClick={clicked}
      onKeyDown={keys.pressed}
      onFocus={keys.focused}
    >
      <div role="table" aria-label="Events, newest first" aria-rowcount={rows.length + 1}>
        <div role="rowgroup" className={styles.head}>
          <div role="row" aria-rowindex={1} className={rowStyles.head}>
            <span role="columnheader">Time</span>
            <span role="columnheader">Type</span>
            <span role="columnheader">About</span>
            <span role="columnheader">Subject</span>
            <span role="columnheader">Origin</span>
            <span role="columnheader" className={styles.right}>
              Sequence
            </span>
          </div>
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          <div
            role="presentation"
            style={{ transform: `translateY(${(items[0]?.start ?? 0) - HEAD_HEIGHT[size]}px)` }}
          >
            {items.map(({ index }) => {
              const row = rows[index];
              return (
                row && (
                  <EventLine
                    key={row.sequence}
                    row={row}
                    line={index + 2}
                    reachable={row.sequence === (keys.reachable ?? rows[0]?.sequence)}
                    fresh={flashMs > 0 && Date.now() - Date.parse(row.time) < flashMs}
                  />
                )
              );
            })}
          </div>
        </div>
      </div>
      {rows.length === 0 && empty}
      {footer}
    </div>
  );
}

const useStyles = makeStyles({
  scroller: {
    position: 'relative',
    overflowY: 'auto',
    overflowX: 'hidden',
    overflowAnchor: 'none',
    contain: 'strict',
    backgroundColor: tokens.colorNeutralBackground1,
  },
  head: {
    position: 'sticky',
    top: 0,
    zIndex: 1,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  right: { textAlign: 'right' },
});
