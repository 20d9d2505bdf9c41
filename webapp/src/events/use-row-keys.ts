import { useEffect, useRef, useState, type FocusEvent, type KeyboardEvent, type RefObject } from 'react';
import type { EventRow } from '../live/event-row.ts';

interface RowKeys {
  rows: readonly EventRow[];
  scroller: RefObject<HTMLElement | null>;
  /** How far the page keys go. */
  pageRows: number;
  scrollTo: (index: number) => void;
  onReading: () => void;
}

/**
 * Arrow, page, home and end keys from line to line (Enter is the link's own). One line is reachable by Tab at a time, so the
 * list is one stop on the way through the page.
 */
export function useRowKeys({ rows, scroller, pageRows, scrollTo, onReading }: RowKeys) {
  const [reachable, setReachable] = useState<number | null>(null);
  const wanted = useRef<number | null>(null);
  const known = reachable !== null && rows.some((row) => row.sequence === reachable);

  // The line may have to be drawn first, after the list has scrolled to it.
  useEffect(() => {
    if (wanted.current === null) return;
    const link = scroller.current?.querySelector<HTMLElement>(`a[data-sequence="${wanted.current}"]`);
    if (!link) return;
    link.focus({ preventScroll: true });
    wanted.current = null;
  });

  function pressed(event: KeyboardEvent): void {
    const at = rows.findIndex((row) => row.sequence === sequenceOf(event.target));
    const to = goal(event.key, at, rows.length, pageRows);
    const row = to === null ? undefined : rows[to];
    if (to === null || row === undefined) return;
    event.preventDefault();
    onReading();
    scrollTo(to);
    setReachable(row.sequence);
    wanted.current = row.sequence;
  }

  function focused(event: FocusEvent): void {
    const sequence = sequenceOf(event.target);
    if (sequence === null || !event.target.matches(':focus-visible')) return;
    setReachable(sequence);
    onReading();
  }

  return { reachable: known ? reachable : null, pressed, focused };
}

function sequenceOf(target: EventTarget): number | null {
  const text = target instanceof HTMLElement ? target.dataset['sequence'] : undefined;
  return text === undefined ? null : Number(text);
}

function goal(key: string, at: number, rows: number, pageRows: number): number | null {
  if (at < 0) return null;
  switch (key) {
    case 'ArrowDown':
      return Math.min(rows - 1, at + 1);
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'PageDown':
      return Math.min(rows - 1, at + pageRows);
    case 'PageUp':
      return Math.max(0, at - pageRows);
    case 'Home':
      return 0;
    case 'End':
      return rows - 1;
    default:
      return null;
  }
}
