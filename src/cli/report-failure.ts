import { CommanderError } from 'commander';
import { HubError, messageOf, type ErrorCode } from '../core/errors.ts';
import { CommandFailure, type CliDeps, type ExitCode } from './deps.ts';
import { oneLine } from './words.ts';

export interface ReportFailureDeps extends Pick<CliDeps, 'stderr' | 'calledAs'> {
  /** What to do about wrong usage of the command that failed. */
  helpRemedy: string;
}

const UNAVAILABLE: ReadonlySet<ErrorCode> = new Set(['store_unavailable', 'queue_unavailable']);

/** Says on stderr what failed and what to do about it. */
export function reportFailure(deps: ReportFailureDeps, thrown: unknown): ExitCode {
  // Commander has said it already. Everything it refuses is wrong usage; help that was asked for is no failure.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  const { lines, remedy, exitCode } = detailsOf(deps, thrown);
  const text = [
    `error: ${oneLine(messageOf(thrown))}`,
    ...lines.map((line) => `  ${oneLine(line)}`),
    ...(remedy === null ? [] : [oneLine(remedy)]),
    ...(exitCode === 2 ? [deps.helpRemedy] : []),
  ].join('\n');
  deps.stderr.write(`${text}\n`);
  return exitCode;
}

function detailsOf(
  { calledAs }: ReportFailureDeps,
  thrown: unknown,
): Pick<CommandFailure, 'lines' | 'remedy' | 'exitCode'> {
  if (thrown instanceof CommandFailure) return thrown;
  if (!(thrown instanceof HubError)) return { lines: [], remedy: null, exitCode: 1 };
  const lines = thrown.flaws.map(({ path, message }) => `${path} ${message}`);
  // Whoever starts a hub may know where its database is; a caller of the API is not told.
  if (thrown.cause !== undefined && UNAVAILABLE.has(thrown.code)) lines.push(messageOf(thrown.cause));
  const settings = thrown.code === 'configuration' && lines.length > 0;
  return {
    lines,
    remedy: settings ? `\`${calledAs} config\` shows the settings in force and where they come from.` : null,
    exitCode: 1,
  };
}
