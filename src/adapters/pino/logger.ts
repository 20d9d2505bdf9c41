import { destination, pino, type Logger } from 'pino';
import { openLogFile } from './log-file.ts';

/** Names under which something secret or personal could come along; what they hold is never written. */
const REDACTED = [
  'authorization',
  'cookie',
  'clientState',
  'accessKey',
  'connectionString',
  'clientSecret',
  'token',
  'validationTokens',
  'resourceData',
  'encryptedContent',
  'body',
].flatMap((name) => [name, `*.${name}`]);

/**
 * The process's log: one JSON line an act, to standard output or to the end of a file of bounded size.
 * @param level pino's level, `silent` included
 */
export function openLogger(level: string, file: string | null): Logger {
  return pino(
    {
      level,
      base: {},
      messageKey: 'act',
      redact: { paths: REDACTED, censor: '[redacted]' },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
    },
    file === null ? destination({ dest: 1, sync: false }) : openLogFile(file),
  );
}
