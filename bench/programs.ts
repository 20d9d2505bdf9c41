import { findProgram } from '../tests/support/programs.ts';

/** What the bench starts, each with the Debian package that has it. */
const PACKAGES = [
  ['postgres', 'postgresql'],
  ['redis-server', 'redis-server'],
  ['wrk', 'wrk'],
] as const;

/** @returns what to install before anything is measured; null when nothing is missing */
export function missingPrograms(): string | null {
  const missing = PACKAGES.filter(([name]) => findProgram(name) === null);
  if (missing.length === 0) return null;
  const names = missing.map(([name]) => name).join(', ');
  return `The bench needs ${names}. On Debian: apt-get install ${missing.map(([, debian]) => debian).join(' ')}`;
}
