import { HubError, type Flaw } from '../../src/core/errors.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Environment } from '../../src/config/read-settings.ts';

/** Settings for the tests of configuration; nothing here opens anything. */

export const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
export const TENANT = '11111111-2222-3333-4444-555555555555';

export const CLIENT_SECRET = {
  AZURE_TENANT_ID: TENANT,
  AZURE_CLIENT_ID: 'aaaaaaaa-2222-3333-4444-555555555555',
  AZURE_CLIENT_SECRET: 'a-secret-of-the-app',
};

/** Everything that a production hub with all roles needs. */
export const PRODUCTION = {
  HELIOGRAPH_MODE: 'production',
  PUBLIC_URL: 'https://hub.example.com',
  DATABASE_URL: 'postgres://hub:pass@db.example.com/hub',
  SECRETS_KEY: MASTER_KEY,
  ADMIN_API_KEY: 'an-admin-key-of-30-characters.',
  WEB_PUBSUB_CONNECTION_STRING: 'Endpoint=https://example.webpubsub.azure.com;AccessKey=abc=;Version=1.0;',
  ...CLIENT_SECRET,
} satisfies Environment;

export function without(env: Environment, ...names: string[]): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}

/** The problems that stop a hub with these settings; none when it would start. */
export function problemsOf(
  env: Environment,
  more: { dotenv?: Environment; roles?: string } = {},
): readonly Flaw[] {
  try {
    loadConfig(env, more);
    return [];
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'configuration') return thrown.flaws;
    throw thrown;
  }
}

export function namesOf(flaws: readonly Flaw[]): string[] {
  return flaws.map((flaw) => flaw.path).sort();
}
