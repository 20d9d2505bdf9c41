import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { SETTINGS } from '../config.ts';
import { isLoopback } from './kinds.ts';
import { flawedSettings } from './load-config.ts';
import { readSettings, type SettingSources } from './read-settings.ts';

/** What the command line needs to talk to a hub. */
export interface ClientConfig {
  /** Without a slash at the end. */
  url: string;
  /** The settings that name it. */
  urlFrom: 'HELIOGRAPH_URL' | 'PORT';
  /** Null: take what `apiKeyFile` holds. */
  apiKey: string | null;
  /** The bootstrap key of this host. Null for a hub elsewhere, which is never sent that key. */
  apiKeyFile: string | null;
}

const CLIENT_SETTINGS = new Set([
  'HELIOGRAPH_URL',
  'HELIOGRAPH_API_KEY',
  'HOST',
  'PORT',
  'DATA_DIR',
  'ADMIN_API_KEY',
]);

/** Throws `configuration` for what concerns the client alone: a hub's missing settings do not stop a client. */
export function loadClientConfig(sources: SettingSources): ClientConfig {
  const { values, flaws } = readSettings(SETTINGS, sources);
  const concerned = flaws.filter(
    ({ path }) =>
      CLIENT_SETTINGS.has(path) || (path.startsWith('HELIOGRAPH_') && !Object.hasOwn(SETTINGS, path)),
  );
  if (concerned.length > 0) throw flawedSettings(concerned);
  const url = values.HELIOGRAPH_URL ?? `http://${reachableHost(values.HOST)}:${values.PORT}`;
  const here = values.HELIOGRAPH_URL === null || isLoopback(new URL(url));
  return {
    url,
    urlFrom: values.HELIOGRAPH_URL === null ? 'PORT' : 'HELIOGRAPH_URL',
    apiKey: values.HELIOGRAPH_API_KEY ?? (here ? values.ADMIN_API_KEY : null),
    apiKeyFile: here ? resolve(values.DATA_DIR, 'admin-api-key') : null,
  };
}

/** What listens on every interface is reached on loopback. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIPv6(host) ? `[${host}]` : host;
}
