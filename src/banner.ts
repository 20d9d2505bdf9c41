import { relative, resolve } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { SETTINGS } from './config.ts';
import type { GraphCredential } from './config/credential.ts';
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
  /** How a person calls the command line. */
  calledAs: string;
}

/** What `heliograph start` says when it is ready: the mode, where to look, what is not real, how to make it real. */
export function bannerOf(facts: BannerFacts): string {
  const { config, filled, address, signInCode, logFile } = facts;
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
  const { credential } = config.graph;
  if (credential !== null) {
    add('Tenant', `${credential.tenantId} at ${config.graph.url}`);
    add('', `by ${signInOf(credential)}`);
    add('', '(not tried yet: it is when something is watched or renewed)');
  }
  if (filled.standIns.length > 0) lines.push('', '  Not configured, so filled in for this machine:');
  const width = Math.max(...filled.standIns.map((standIn) => standIn.for.length)) + 2;
  for (const standIn of filled.standIns) lines.push(`    ${standIn.for.padEnd(width)}${standIn.what}`);
  if (filled.simulator !== null)
    lines.push(
      '',
      '  To connect a real tenant: set AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and PUBLIC_URL',
      '  (README.md, "Connect a real tenant"), and start again.',
    );
  lines.push(...commandLines(facts), '', '  Ctrl-C stops it.', '', '');
  return lines.join('\n');
}

const SIGN_INS: Record<GraphCredential['kind'], string> = {
  client_secret: 'client secret of the app',
  client_certificate: 'certificate of the app',
  workload_identity: 'workload identity of the app',
  managed_identity: 'managed identity',
};

function signInOf({ kind, clientId }: GraphCredential): string {
  return [SIGN_INS[kind], clientId].filter((part) => part !== null).join(' ');
}

/** What to try next, as it can be pasted. Nobody sits beside a production's start. */
function commandLines({ config, filled, address, calledAs }: BannerFacts): string[] {
  if (config.mode !== 'local' || !config.roles.includes('api')) return [];
  const program = [...settingsFor(config, address), calledAs].join(' ');
  const second = filled.simulator === null ? 'subscriptions create --resource users/{id}/messages' : '--help';
  return [
    '',
    '  In another terminal, in this folder:',
    ...['events tail', second].map((words) => `    ${program} ${words}`),
  ];
}

/** What another terminal has to be told to find this hub and its key: whatever is not at its default. */
function settingsFor({ http, dataDir }: Config, address: string): string[] {
  // A URL leaves out the port that its scheme has by itself.
  const port = new URL(address).port || '80';
  const everywhere = ['0.0.0.0', '::', SETTINGS.HOST.fallback].includes(http.host);
  return [
    ...(everywhere ? [] : [`HOST=${http.host}`]),
    ...(port === String(SETTINGS.PORT.fallback) ? [] : [`PORT=${port}`]),
    ...(dataDir === resolve(SETTINGS.DATA_DIR.fallback)
      ? []
      : [`DATA_DIR=${quotedForShell(fromHere(dataDir))}`]),
  ];
}

function quotedForShell(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function fromHere(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
