import { messageOf } from '../core/errors.ts';

/*
 * What Postgres says of a fault may quote what was in the row, and so somebody's mail: of such an error the log has where it
 * happened and its SQLSTATE, never its message, `detail` or `where`.
 */

/** SQLSTATE (Postgres, appendix A), with the severity that only the database's own answers have. */
function sqlStateOf(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || !('severity' in thrown) || !('code' in thrown)) return null;
  return typeof thrown.code === 'string' && /^[0-9A-Z]{5}$/.test(thrown.code) ? thrown.code : 'unknown';
}

/** For the member `err`: the error itself, or what may be shown of one that has an answer of the database in it. */
export function loggedFault(thrown: unknown): unknown {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const code = sqlStateOf(error);
    if (code !== null) return { type: error.name, code, stack: framesOf(error) };
  }
  return thrown;
}

/** The same in one line. */
export function loggedReason(thrown: unknown): string {
  const code = sqlStateOf(thrown);
  return code === null ? messageOf(thrown) : `the database answered ${code}`;
}

/** The frames without the message above them; nothing where it cannot be told where the message ends. */
function framesOf({ stack = '', message }: Error): string {
  const start = stack.indexOf(message);
  const below = start === -1 ? '' : stack.slice(start + message.length);
  return below
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}
