import { describe, expect, it } from 'vitest';
import { bannerOf, type BannerFacts } from '../src/banner.ts';
import { loadConfig } from '../src/config/load-config.ts';
import type { Environment } from '../src/config/read-settings.ts';
import type { Filled } from '../src/local/fill-in.ts';
import { CLIENT_SECRET, PRODUCTION, TENANT } from './config/settings.ts';

const SIMULATED: Partial<Filled> = {
  simulator: { controlUrl: 'https://127.0.0.1:4/control' },
  standIns: [{ for: 'Graph and Entra ID', what: 'simulated, https://127.0.0.1:4' }],
};

function bannerWith(env: Environment, filled: Partial<Filled>, change: Partial<BannerFacts> = {}): string {
  const config = loadConfig(env);
  const facts = { simulator: null, standIns: [], adminApiKey: null, ...filled } as unknown as Filled;
  return bannerOf({
    config,
    filled: facts,
    address: `http://127.0.0.1:${config.http.port}`,
    signInCode: null,
    logFile: null,
    calledAs: 'npx --no-install heliograph',
    ...change,
  });
}

describe('the command lines of the banner', () => {
  it('can be pasted into another terminal', () => {
    expect(bannerWith({}, SIMULATED)).toMatch(/^ {4}npx --no-install heliograph events tail$/m);
    expect(bannerWith({}, SIMULATED, { calledAs: 'heliograph' })).toMatch(/^ {4}heliograph --help$/m);
  });

  it('name whatever the other terminal has to be told to find this hub', () => {
    const env = { PORT: '0', DATA_DIR: "/tmp/my hub's", HOST: '::1' };
    expect(bannerWith(env, SIMULATED, { address: 'http://[::1]:4711' })).toContain(
      `HOST=::1 PORT=4711 DATA_DIR='/tmp/my hub'\\''s' npx --no-install heliograph events tail`,
    );
    expect(bannerWith({ HOST: '0.0.0.0' }, SIMULATED)).toMatch(/^ {4}npx/m);
  });

  it('name the port that a URL leaves out', () => {
    const banner = bannerWith({ PORT: '80' }, SIMULATED, { address: 'http://127.0.0.1:80' });
    expect(banner).toMatch(/^ {4}PORT=80 npx --no-install heliograph events tail$/m);
  });

  it('are not there where nobody sits, or where there is no API', () => {
    expect(bannerWith(PRODUCTION, {})).not.toContain('heliograph events');
  });
});

describe('a credential in the banner', () => {
  it('is named by its tenant and its app, never by its secret, and said not to be tried yet', () => {
    const banner = bannerWith({ ...CLIENT_SECRET, PUBLIC_URL: 'https://hub.example.com' }, {});
    expect(banner).toContain(`Tenant      ${TENANT} at https://graph.microsoft.com`);
    expect(banner).toContain(`by client secret of the app ${CLIENT_SECRET.AZURE_CLIENT_ID}\n`);
    expect(banner).toContain('(not tried yet');
    expect(banner).toContain('heliograph subscriptions create --resource users/{id}/messages');
    expect(banner).not.toContain(CLIENT_SECRET.AZURE_CLIENT_SECRET);
    expect(banner).not.toContain('To connect a real tenant');
  });

  it('is not there where Graph is simulated', () => {
    expect(bannerWith({}, SIMULATED)).not.toContain('Tenant ');
  });
});
