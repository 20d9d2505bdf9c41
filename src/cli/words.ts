import { parseSequence } from '../core/event.ts';

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** How long, in at most two units that follow each other: `6 d 23 h`, `45 min`, `12 s`. */
export function durationInWords(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  if (first === -1) return '0 s';
  let rest = seconds;
  const parts: string[] = [];
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}

/** A time as seen from now: `in 6 d 23 h`, `12 s ago`, `now`; a dash where there is none. */
export function relativeTime(timestamp: string | null, nowMs: number): string {
  if (timestamp === null) return '-';
  const distance = Date.parse(timestamp) - nowMs;
  if (Number.isNaN(distance)) return timestamp;
  if (Math.abs(distance) < 1000) return 'now';
  return distance > 0 ? `in ${durationInWords(distance)}` : `${durationInWords(distance)} ago`;
}

/** For a page about one thing: the time itself and how far it is. */
export function fullTime(timestamp: string | null, nowMs: number): string {
  return timestamp === null ? '-' : `${timestamp} (${relativeTime(timestamp, nowMs)})`;
}

/** A time given by a person, RFC 3339 or how long ago (`30m`, `2h`, `7d`), as RFC 3339; null where it is neither. */
export function parseTime(text: string, nowMs: number): string | null {
  const ago = /^(\d{1,6})(s|m|h|d)$/.exec(text);
  const size = { s: 1, m: 60, h: 3_600, d: 86_400 }[ago?.[2] ?? ''];
  if (size !== undefined) return new Date(Math.max(0, nowMs - Number(ago?.[1]) * size * 1000)).toISOString();
  const isDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const time = isDate ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** A sequence as people write it, without its zeroes. */
export function shortSequence(sequence: string): string {
  return String(parseSequence(sequence) ?? sequence);
}

/** What comes from elsewhere and goes to a terminal: one line, and nothing the terminal would obey. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}
