import { relative } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import type { Config } from './config/load-config.ts';
import type { Filled } from './local/fill-in.ts';

export interface BannerFacts {
  config: Config;
  filled: Filled;
  /** Where this process listens. */
  address: string;
  /** Signs in once; null where there is nobody to sign in. */
  signInCode: string | null;
  /** Null: the log goes to standard output. */
  logFile: string | null;
}

/** What `heliograph start` says when it is ready: the mode, where to look, what is not real, how to make it real. */
export function bannerOf({ config, filled, address, signInCode, logFile }: BannerFacts): string {
  const lines = ['', `  Heliograph ${manifest.version}, ${config.mode} mode`, ''];
  const add = (label: string, value: string): void => {
    lines.push(`  ${label.padEnd(12)}${value}`);
  };
  if (config.roles.includes('api')) {
    add('Dashboard', signInCode === null ? address : `${address}/#sign-in=${signInCode}`);
    if (signInCode !== null) add('', '(this link signs you in once)');
  }
  if (config.secrets.adminApiKey === null && filled.adminApiKey !== null)
    add('API key', `in ${fromHere(config.secrets.adminApiKeyFile)}`);
  add('Listening', `${address} (${config.roles.join(', ')})`);
  if (logFile !== null) add('Log', fromHere(logFile));
  if (filled.standIns.length > 0) lines.push('', '  Not configured, so filled in for this machine:');
  const width = Math.max(...filled.standIns.map((standIn) => standIn.for.length)) + 2;
  for (const standIn of filled.standIns) lines.push(`    ${standIn.for.padEnd(width)}${standIn.what}`);
  if (filled.simulator !== null)
    lines.push(
      '',
      '  To connect a real tenant: set AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and PUBLIC_URL',
      '  (README.md, "Connect a real tenant"), and start again.',
    );
  lines.push('', '  Ctrl-C stops it.', '', '');
  return lines.join('\n');
}

function fromHere(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
