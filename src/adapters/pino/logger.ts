import { destination, pino, type Logger } from 'pino';

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
 * The process's log: one JSON line an act, to standard output or to the end of a file.
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
    destination({ dest: file ?? 1, sync: false, mkdir: true, append: true, mode: 0o600 }),
  );
}
