import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CliDeps } from '../../src/cli/deps.ts';
import { buildProgram } from '../../src/cli/program.ts';
import type { Config } from '../../src/config/load-config.ts';
import { runCli } from './run-cli.ts';
import { MASTER_KEY, PRODUCTION } from '../config/settings.ts';

function commandsOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function refuse(message: string): () => Promise<never> {
  return () => Promise.reject(new Error(message));
}

describe('help', () => {
  const deps = {
    calledAs: 'heliograph',
    stdout: { write: () => true },
    stderr: { write: () => true },
    env: {},
  };
  const program = buildProgram(deps as unknown as CliDeps, () => {});
  const paths = commandsOf(program).map((command) => pathOf(command).split(' ').slice(1));

  it('is there for every command, with examples, in 100 columns', async () => {
    expect(paths.length).toBeGreaterThan(18);
    for (const path of paths) {
      const { code, out, err } = await runCli([...path, '--help']);
      expect({ path, code, err }).toEqual({ path, code: 0, err: '' });
      expect(out).toMatch(/Examples:\n {2}\$ heliograph /);
      expect(out.split('\n').filter((line) => line.length > 100)).toEqual([]);
    }
  });

  it('has examples that are commands and options there are', () => {
    const known = new Set(paths.map((path) => path.join(' ')));
    for (const command of commandsOf(program)) {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      for (const [, line = ''] of help.matchAll(/\$ heliograph (.*)/g)) {
        const words = line.split(' ');
        const path = [words.slice(0, 2).join(' '), words[0] ?? ''].find((each) => known.has(each));
        expect({ line, path }).not.toEqual({ line, path: undefined });
        const target = commandsOf(program).find((each) => pathOf(each) === `heliograph ${path ?? ''}`);
        const flags = target?.options.map((option) => option.long) ?? [];
        for (const word of words.filter((each) => each.startsWith('--'))) expect(flags).toContain(word);
      }
    }
  });

  it('is shown, as wrong usage, where the command is missing', async () => {
    for (const path of [[], ['events']]) {
      const { code, out, err } = await runCli(path);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain('Usage: heliograph');
    }
    expect(await runCli(['nonsense'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/unknown command.*\n.*--help/),
    });
  });

  it('names the program as it was called, in all that can be pasted', async () => {
    const calledAs = 'npx --no-install heliograph';
    for (const path of paths) {
      const { out } = await runCli([...path, '--help'], { calledAs });
      const lines = out.split('\n').filter((line) => /heliograph/.test(line));
      expect(lines.length).toBeGreaterThan(1);
      expect(lines.filter((line) => !/(Usage:|  \$) npx --no-install heliograph\b/.test(line))).toEqual([]);
    }
    expect((await runCli(['events', 'show'], { calledAs })).err).toMatch(
      /\nWhat it takes: npx --no-install heliograph events show --help\n$/,
    );
    expect((await runCli(['start'], { calledAs, env: { PORT: 'x' } })).err).toContain(
      '`npx --no-install heliograph config` shows',
    );
  });

  it('is there by word as well, for a command and those below it', async () => {
    expect(await runCli(['help', 'events', 'tail'])).toEqual(await runCli(['events', 'tail', '--help']));
    expect(await runCli(['help'])).toEqual(await runCli(['--help']));
  });

  it('gives the version', async () => {
    expect((await runCli(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('start', () => {
  it('starts a hub with the settings in force, and gives its exit code', async () => {
    const started: Config[] = [];
    const start = ({ config }: { config: Config }) => {
      started.push(config);
      return Promise.resolve(started.length - 1);
    };
    const dotenv = { PORT: '4000', DATABASE_URL: 'postgres://db/hub', SECRETS_KEY: MASTER_KEY };
    expect(await runCli(['start'], { start, dotenv, env: { ROLES: 'scheduler' } })).toMatchObject({
      code: 0,
    });
    expect(await runCli(['start', '--roles', 'receiver'], { start, dotenv })).toMatchObject({ code: 1 });
    expect(started.map(({ roles, http }) => [roles, http.port])).toEqual([
      [['scheduler'], 4000],
      [['receiver'], 4000],
    ]);
  });

  it('starts nothing with settings that do not work, and names all of them with what to do', async () => {
    const env = { HELIOGRAPH_MODE: 'production', ROLES: 'receiver', PORT: 'x', SECRETS_KEY: 'my-secret' };
    expect(await runCli(['start'], { env })).toEqual({
      code: 1,
      out: '',
      err: [
        'error: Heliograph cannot work with these settings: PORT, SECRETS_KEY, DATABASE_URL.',
        '  PORT is "x"; give a whole number from 0 to 65535.',
        '  SECRETS_KEY holds a key that is not 32 bytes in base64; make one with `openssl rand -base64 32`.',
        '  DATABASE_URL is missing, and production fills nothing in. Set it to the URL of a Postgres database.',
        '`heliograph config` shows the settings in force and where they come from.',
        '',
      ].join('\n'),
    });
  });

  it('says what was thrown by a start that failed', async () => {
    const start = refuse('The port 3000 is taken.');
    expect(await runCli(['start'], { start })).toEqual({
      code: 1,
      out: '',
      err: 'error: The port 3000 is taken.\n',
    });
  });

  it('refuses an unknown role: as wrong usage in the option, as a flaw in the environment', async () => {
    for (const roles of ['all', 'receiver,bogus', ''])
      expect(await runCli(['start', '--roles', roles])).toMatchObject({
        code: 2,
        err: expect.stringMatching(/--roles is ".*"; give one of receiver, workers/),
      });
    expect(await runCli(['start'], { env: { ROLES: 'all' } })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/ROLES is "all"/),
    });
  });
});

describe('config', () => {
  it('shows the settings in force and where they come from, no secret', async () => {
    const { code, out, err } = await runCli(['config'], { env: PRODUCTION, dotenv: { PORT: '4000' } });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^PORT +\.env +4000$/m);
    expect(out).toMatch(/^SECRETS_KEY +environment +set$/m);
    expect(out).toMatch(/^LOG_LEVEL +default +info$/m);
    expect(out).not.toContain(MASTER_KEY);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('shows them with what is wrong, and fails', async () => {
    const env = { HELIOGRAPH_MOD: 'local', PORT: '4000' };
    const { code, out, err } = await runCli(['config'], { env });
    expect(code).toBe(1);
    expect(out).toMatch(/^PORT +environment +4000$/m);
    expect(err).toMatch(/HELIOGRAPH_MOD is not a setting\. Did you mean HELIOGRAPH_MODE\?/);
    const { code: jsonCode, out: json } = await runCli(['config', '--json'], { env });
    expect(jsonCode).toBe(1);
    expect(JSON.parse(json)).toMatchObject({
      problems: [{ path: 'HELIOGRAPH_MOD' }],
      settings: expect.any(Array),
    });
  });
});

describe('the API key', () => {
  it('is read from where a hub of this host keeps it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'heliograph-cli-'));
    writeFileSync(join(directory, 'admin-api-key'), 'the-key-of-this-host\n');
    const seen: (string | null)[] = [];
    const fetch = (_url: unknown, init?: RequestInit) => {
      seen.push(new Headers(init?.headers).get('authorization'));
      return Promise.resolve(Response.json({ items: [], next: null }));
    };
    const { code } = await runCli(['subscriptions', 'list'], { fetch, env: { DATA_DIR: directory } });
    rmSync(directory, { recursive: true });
    expect({ code, seen }).toEqual({ code: 0, seen: ['Bearer the-key-of-this-host'] });
  });

  it('is asked for where there is none, and the one of this host goes nowhere else', async () => {
    const fetch = refuse('nothing may be sent');
    const here = await runCli(['subscriptions', 'list'], { fetch, env: { DATA_DIR: '/nowhere' } });
    expect(here).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no API key: \/nowhere\/admin-api-key.*\n.*npm start/),
    });
    const env = {
      HELIOGRAPH_URL: 'https://hub.example.com',
      ADMIN_API_KEY: 'an-admin-key-of-30-characters.',
    };
    const elsewhere = await runCli(['subscriptions', 'list'], { fetch, env });
    expect(elsewhere).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no API key for https.*\n.*HELIOGRAPH_API_KEY/),
    });
  });
});
