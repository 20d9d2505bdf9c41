/** Times and durations in words, in the reader's own time zone. */

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DAY_CLOCK = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const FULL = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
  timeZoneName: 'short',
});
const CLOCK_MS = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});
const NUMBER = new Intl.NumberFormat();

const DAY_MS = 86_400_000;

/** The time of day, with the date where that is not today (more than 20 hours ago). */
export function shortTime(time: string, nowMs: number): string {
  const at = Date.parse(time);
  if (Number.isNaN(at)) return time;
  return (nowMs - at > DAY_MS * 0.83 ? DAY_CLOCK : CLOCK).format(at);
}

/** Date, time, milliseconds and zone. */
export function fullTime(time: string): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? time : FULL.format(at);
}

export function clockWithMs(time: string): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? time : CLOCK_MS.format(at);
}

export function count(value: number): string {
  return NUMBER.format(value);
}

/** The two largest units: `2 d 4 h`, `3 min 20 s`; milliseconds below a second. */
export function duration(ms: number): string {
  const total = Math.max(0, ms);
  if (total < 1000) return `${Math.round(total)} ms`;
  const seconds = Math.floor(total / 1000);
  const units: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = units.findIndex(([amount]) => amount > 0);
  return units
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

/** `just now`, `3 min ago`, `2 d ago`. */
export function ago(time: string, nowMs: number): string {
  const ms = nowMs - Date.parse(time);
  if (Number.isNaN(ms)) return time;
  return ms < 5000 ? 'just now' : `${duration(ms).split(' ').slice(0, 2).join(' ')} ago`;
}
