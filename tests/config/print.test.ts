import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/config.ts';
import { printConfigurationPage, printEnvSample } from '../../src/config/print.ts';
import { readDotenv } from '../../src/config/process-settings.ts';
import { namesOf, problemsOf } from './settings.ts';

function committed(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

// When one of the first two fails: run `node src/cli/print-docs.ts` and commit what it printed.
describe('what is printed from the table', () => {
  it('is what is committed as .env.sample', () => {
    expect(committed('.env.sample')).toBe(printEnvSample());
  });

  it('is what is committed as docs/configuration.md', () => {
    expect(committed('docs/configuration.md')).toBe(printConfigurationPage());
  });

  it('sets nothing when copied as it is', () => {
    expect(readDotenv(new URL('../../.env.sample', import.meta.url).pathname)).toEqual({});
  });

  it('shows every setting with a value that works, secrets with none', () => {
    const uncommented = parseEnv(printEnvSample().replaceAll(/^#(?=[A-Z_]+=)/gm, ''));
    expect(Object.keys(uncommented).sort()).toEqual(Object.keys(SETTINGS).sort());
    // The certificate of the sample is not on this machine; the credentials of the sample are several at once.
    const flaws = namesOf(problemsOf({}, { dotenv: uncommented })).filter(
      (name) => name !== 'AZURE_CLIENT_CERTIFICATE_PATH',
    );
    expect(flaws).toEqual([]);
    expect(uncommented).toMatchObject({ SECRETS_KEY: '', ADMIN_API_KEY: '', AZURE_CLIENT_SECRET: '' });
  });

  it('keeps every line of the sample within 100 columns', () => {
    expect(
      Math.max(
        ...printEnvSample()
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(100);
  });
});
