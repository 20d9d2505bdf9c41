import { CommanderError } from 'commander';
import { HubError, messageOf } from '../core/errors.ts';
import { CommandFailure, type ExitCode, type Output } from './deps.ts';
import { oneLine } from './words.ts';

/** Says on stderr what failed and what to do about it. */
export function reportFailure(stderr: Output, thrown: unknown): ExitCode {
  // Commander has said it already. Everything it refuses is wrong usage; help that was asked for is no failure.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  const { lines, remedy } = detailsOf(thrown);
  const text = [
    `error: ${oneLine(messageOf(thrown))}`,
    ...lines.map((line) => `  ${oneLine(line)}`),
    ...(remedy === null ? [] : [oneLine(remedy)]),
  ].join('\n');
  stderr.write(`${text}\n`);
  return 1;
}

function detailsOf(thrown: unknown): Pick<CommandFailure, 'lines' | 'remedy'> {
  if (thrown instanceof CommandFailure) return thrown;
  if (!(thrown instanceof HubError)) return { lines: [], remedy: null };
  const lines = thrown.flaws.map(({ path, message }) => `${path} ${message}`);
  const settings = thrown.code === 'configuration' && lines.length > 0;
  return {
    lines,
    remedy: settings ? '`heliograph config` shows the settings in force and where they come from.' : null,
  };
}
