import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HubError } from '../../src/core/errors.ts';
import { runCli, userOf } from './run-cli.ts';
import { ADMIN_KEY, startSmallHub, VIEWER_KEY, type SmallHub } from './small-hub.ts';

const list = ['subscriptions', 'list'];
const create = ['subscriptions', 'create', '--resource', 'users/a/messages'];

describe('a hub that refuses', () => {
  let hub: SmallHub;
  beforeEach(async () => {
    hub = await startSmallHub();
  });
  afterEach(() => hub.close());

  it('does not know the key: says which key it was', async () => {
    const { code, err } = await runCli(list, userOf(hub, 'a-wrong-key'));
    expect(code).toBe(1);
    expect(err).toBe(
      'error: Send a key.\nThe hub does not know the API key that is set. Set HELIOGRAPH_API_KEY to one it knows.\n',
    );
    expect(err).not.toContain('a-wrong-key');
  });

  it('forbids it to this role: says what key it takes', async () => {
    const { code, err } = await runCli(create, userOf(hub, VIEWER_KEY));
    expect(code).toBe(1);
    expect(err).toMatch(/error: This takes an admin\.\nSet HELIOGRAPH_API_KEY to a key with the role/);
  });

  it('cannot just now: says to try again', async () => {
    hub.next = { status: 503, problem: { detail: 'The database does not answer.' } };
    expect((await runCli(create, userOf(hub))).err).toBe(
      'error: The database does not answer.\nTry again in a moment.\n',
    );
  });

  it('is not there: says how to start one', async () => {
    await hub.close();
    const { code, err } = await runCli(list, userOf(hub));
    expect(code).toBe(1);
    expect(err).toBe(
      `error: No hub answers at ${hub.url} (ECONNREFUSED).\nHELIOGRAPH_URL names that address: correct it, or start a hub there with \`npm start\`.\n`,
    );
    const { port } = new URL(hub.url);
    const here = { PORT: port, HELIOGRAPH_API_KEY: ADMIN_KEY };
    expect((await runCli(list, { env: here })).err).toMatch(
      /^error: No hub answers at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)\.\n.*npm start.*PORT.*HELIOGRAPH_URL\.\n$/,
    );
  });
});

const started = (cause: unknown) =>
  runCli(['start'], {
    start: () =>
      Promise.reject(new HubError('store_unavailable', 'The database cannot be reached.', { cause })),
  });

describe('a hub that cannot be started', () => {
  it('for its database says which address did not answer, and why', async () => {
    expect((await started(new Error('connect ECONNREFUSED 127.0.0.1:1'))).err).toBe(
      'error: The database cannot be reached.\n  connect ECONNREFUSED 127.0.0.1:1\n',
    );
  });

  it('for a database of several addresses names them all', async () => {
    const cause = new AggregateError([new Error('no ::1'), new Error('no 127.0.0.1')]);
    expect((await started(cause)).err).toContain('  no ::1; no 127.0.0.1\n');
  });
});

describe('something else at that address', () => {
  let server: Server;
  let answer: { status: number; headers: Record<string, string>; body: string };
  beforeEach(async () => {
    server = createServer((_request, response) =>
      response.writeHead(answer.status, answer.headers).end(answer.body),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  it.each([
    [200, '<html>A wiki</html>'],
    [200, '{"items":"many"}'],
    [200, ''],
    [502, 'Bad gateway'],
    [404, '{"message":"Route not found"}'],
  ])('is told from a hub: %i %s', async (status, body) => {
    answer = { status, headers: {}, body };
    const { code, err } = await runCli(list, userOf({ url: url() }));
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`\\(${status}\\) does not speak as a hub.*\n.*Check HELIOGRAPH_URL`));
  });

  it('that sends its callers on is not followed with the key', async () => {
    answer = { status: 301, headers: { location: 'https://hub.example.com/' }, body: '' };
    const { code, err } = await runCli(create, userOf({ url: url() }));
    expect(code).toBe(1);
    expect(err).toMatch(/sends its callers on to https:\/\/hub\.example\.com\/\.\n.*HELIOGRAPH_URL/);
  });
});
