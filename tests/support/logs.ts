import type { Log } from '../../src/ports/log.ts';

export interface LogLine {
  level: keyof Log;
  act: string;
  fields: object;
}

export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A log whose lines a test can read. */
export function recordingLog(): Log & { lines: LogLine[]; acts(): string[] } {
  const lines: LogLine[] = [];
  const at = (level: keyof Log) => (fields: object, act: string) => {
    lines.push({ level, act, fields });
  };
  return {
    lines,
    acts: () => lines.map((line) => line.act),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}
