import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PEOPLE } from '../../src/local/graph-simulator/people.ts';
import { startGroup, type CommandGroup } from '../support/command-group.ts';
import { baseEnvironment } from '../support/hub-process.ts';
import { findOldNode } from '../support/system-node.ts';
import { until } from '../support/until.ts';
import { startOfficeHub, type OfficeHub } from './office-hub.ts';

/*
 * One data folder for all, one after the other: its first start takes seconds, each further one little. Those tests that need the hub
 * at rest or another process on its folder say so.
 */

const STOPPED_WITHIN_MS = 10_000;
const AT_ONCE_MS = 1_500;
/** A second Ctrl-C this soon after the first counts as the same press. */
const SAME_PRESS_MS = 500;

let hub: OfficeHub;
beforeAll(async () => {
  hub = await startOfficeHub();
});
afterAll(() => hub.dispose());

async function running(): Promise<void> {
  if (!hub.isRunning()) await hub.start();
}

async function atRest(): Promise<void> {
  if (hub.isRunning()) await hub.end('SIGTERM');
}

/** A command of the same settings, as a terminal runs it. */
function groupOf(
  command: readonly [string, ...string[]],
  cwd: string,
  settings: Record<string, string> = {},
): CommandGroup {
  const env = { ...baseEnvironment(), DATA_DIR: hub.dataDir, PORT: String(hub.port), ...settings };
  const group = startGroup(command, { cwd, env });
  onTestFinished(() => group.dispose());
  return group;
}

async function hubOnSilence(): Promise<{ group: CommandGroup; connected: Promise<unknown> }> {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket.on('error', () => {})));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const connected = once(silent, 'connection');
  const { port } = silent.address() as { port: number };
  const group = groupOf([process.execPath, resolve('src/main.ts'), 'start'], hub.folder, {
    DATA_DIR: join(hub.folder, 'on-silence'),
    DATABASE_URL: `postgres://hub:pass@127.0.0.1:${port}/hub`,
    PORT: '0',
  });
  return { group, connected };
}

/**
 * Asks Graph, which from now on takes so long, for a renewal. @returns its answer to come, when Graph has been asked
 * @param which of the three subscriptions: one whose renewal was cut off is held for two minutes
 */
async function renewalInFlight(
  which: 0 | 1 | 2,
  latencyMs: number,
): Promise<{ answer: ReturnType<OfficeHub['ask']> }> {
  const { key } = (await hub.subscriptions())[which] ?? {};
  const renew = (): ReturnType<OfficeHub['ask']> => hub.ask('POST', `/subscriptions/${key}/renew`);
  await hub.office.fault({ latencyMs });
  const answer = renew();
  answer.catch(() => {}); // Looked at by the test.
  // A second ask is told that somebody is at it.
  await until(async () => (await renew()).status === 409);
  return { answer };
}

describe('Ctrl-C', () => {
  test('ends `npm start` with all its processes, though npm passes the signal on a second time', async () => {
    await atRest();
    const npm = groupOf(['npm', 'start'], resolve('.'));
    await until(() => npm.output().includes('hub.started'), { timeoutMs: 20_000, what: 'the start' });
    expect(npm.output()).toMatch(/Dashboard +http:\/\/127\.0\.0\.1:\d+\/#sign-in=/);
    npm.signal('SIGINT');
    await until(() => npm.isGone(), { timeoutMs: STOPPED_WITHIN_MS, what: 'the end' });
    expect(npm.output()).toContain('hub.stopping');
    expect(npm.output()).not.toMatch(/hub\.(stopped_in_flight|close_failed)|npm error/);
  }, 60_000);

  test('ends the launcher with 0, which passes the signal on as well', async () => {
    await atRest();
    const launcher = groupOf(
      [findOldNode() ?? process.execPath, resolve('bin/heliograph.js'), 'start'],
      hub.folder,
    );
    await until(() => launcher.output().includes('hub.started'), { timeoutMs: 20_000, what: 'the start' });
    const pressedAt = performance.now();
    launcher.signal('SIGINT');
    expect(await launcher.exited).toBe(0);
    expect(performance.now() - pressedAt).toBeLessThan(STOPPED_WITHIN_MS);
    expect(launcher.output()).not.toMatch(/hub\.(stopped_in_flight|close_failed)/);
  }, 60_000);

  test('lets a request in flight finish, and then waits for nothing else', async () => {
    await running();
    const { answer } = await renewalInFlight(0, 4_000);
    const pressedAt = performance.now();
    expect(await hub.end('SIGINT')).toBe(0);
    expect(performance.now() - pressedAt).toBeLessThan(STOPPED_WITHIN_MS * 0.65);
    expect(await answer).toMatchObject({ status: 200, body: { status: 'active', reason: null } });
    expect(hub.lines.map(({ act }) => act)).not.toContain('hub.stopped_in_flight');
  }, 60_000);

  test('a second time ends it at once', async () => {
    await running();
    const { answer } = await renewalInFlight(1, 60_000);
    const stops = (): number => hub.lines.filter(({ act }) => act === 'hub.stopping').length;
    const before = stops();
    process.kill(hub.pid(), 'SIGINT');
    await until(() => stops() > before);
    const pressedAt = performance.now();
    await until(() => performance.now() - pressedAt > SAME_PRESS_MS);
    expect(hub.isRunning()).toBe(true);
    const againAt = performance.now();
    expect(await hub.end('SIGINT')).toBe(130);
    expect(performance.now() - againAt).toBeLessThan(AT_ONCE_MS);
    await expect(answer).rejects.toThrow('fetch failed');
  }, 60_000);
});

test('a request whose answer does not come is cut off in time, and everything is closed after it', async () => {
  await running();
  const { answer } = await renewalInFlight(2, 60_000);
  const toldAt = performance.now();
  expect(await hub.end('SIGTERM')).toBe(0);
  expect(performance.now() - toldAt).toBeLessThan(STOPPED_WITHIN_MS);
  expect(hub.lines.at(-1)).toMatchObject({ act: 'hub.stopped_in_flight' });
  await expect(answer).rejects.toThrow('fetch failed');
}, 60_000);

test('a subscription that Graph cannot validate because the hub stops is a 503, and nothing of it is kept', async () => {
  await running();
  const resource = `users/${PEOPLE[2]?.id}/contacts`;
  const isThere = async (): Promise<boolean> =>
    (await hub.subscriptions()).some((each) => each.resource === resource);
  await hub.office.fault({ latencyMs: 700 });
  const answer = hub.ask('POST', '/subscriptions', { resource });
  await until(isThere);
  expect(await hub.end('SIGTERM')).toBe(0);
  expect(await answer).toMatchObject({ status: 503, body: { code: 'stopping' } });
  await hub.start();
  expect(await isThere()).toBe(false);
}, 60_000);

test.each([
  [
    'half a body',
    'POST /graph/notifications HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  ],
  ['half a header', 'POST /graph/notifications HTTP/1.1\r\nHost: h'],
])(
  '%s holds the end up for 3 s at most, and everything is closed after it',
  async (_, text) => {
    await running();
    const socket = connect(hub.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {}); // Cut off, which is what the test is about.
    await once(socket, 'connect');
    const cutOff = once(socket, 'close');
    await new Promise<void>((resolve, reject) => socket.write(text, (e) => (e ? reject(e) : resolve())));
    // Answered on a later connection, so the first one has been accepted.
    await hub.readiness();
    const before = hub.lines.length;
    const socketFile = join(hub.dataDir, '.s.PGSQL.5432');
    expect(existsSync(socketFile)).toBe(true);
    const toldAt = performance.now();
    expect(await hub.end('SIGTERM')).toBe(0);
    expect(performance.now() - toldAt).toBeLessThan(STOPPED_WITHIN_MS / 2);
    await cutOff;
    expect(hub.lines.slice(before).map(({ act }) => act)).toContain('hub.stopping');
    // Its socket file goes last, when the database has been closed in order.
    expect(existsSync(socketFile)).toBe(false);
  },
  60_000,
);

describe('a database that accepts and says nothing', () => {
  test('ends the start with 1 and says so', async () => {
    const { group } = await hubOnSilence();
    expect(await group.exited).toBe(1);
    expect(group.output()).toContain('error: The database cannot be reached. Check DATABASE_URL');
  }, 30_000);

  test('does not keep the first Ctrl-C from ending it', async () => {
    const { group, connected } = await hubOnSilence();
    await connected;
    const pressedAt = performance.now();
    group.signal('SIGINT');
    expect(await group.exited).toBe(0);
    expect(performance.now() - pressedAt).toBeLessThan(STOPPED_WITHIN_MS / 2);
    expect(group.output()).toContain('hub.stopping');
  }, 30_000);
});

test('where others reach it and nobody sits at a terminal, the banner signs nobody in', async () => {
  await atRest();
  const open = groupOf([process.execPath, resolve('src/main.ts'), 'start'], hub.folder, { HOST: '0.0.0.0' });
  await until(() => open.output().includes('hub.started'), { timeoutMs: 20_000, what: 'the start' });
  expect(open.output()).toMatch(/Dashboard +http:\/\/127\.0\.0\.1:\d+\n/);
  expect(open.output()).toMatch(/API key +in .*admin-api-key/);
  expect(open.output()).not.toContain('sign-in');
  open.signal('SIGTERM');
  expect(await open.exited).toBe(0);
}, 30_000);

test('a second hub on one data folder says so and exits with 1; the first goes on', async () => {
  await running();
  const second = groupOf([process.execPath, resolve('src/main.ts'), 'start'], hub.folder, { PORT: '0' });
  expect(await second.exited).toBe(1);
  expect(second.output()).toContain(`error: Another hub is running on ${hub.dataDir}.`);
  expect(second.output()).toContain('give this one another DATA_DIR and PORT');
  expect(await hub.readiness()).toMatchObject({ status: 200, body: { status: 'ready' } });
}, 60_000);

test('a port that is taken is said so and ends it with 1, before any database is opened or migrated', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  onTestFinished(() => void squatter.close());
  const { port } = squatter.address() as { port: number };
  const dataDir = join(hub.folder, 'on-a-taken-port');
  const other = groupOf([process.execPath, resolve('src/main.ts'), 'start'], hub.folder, {
    DATA_DIR: dataDir,
    PORT: String(port),
  });
  expect(await other.exited).toBe(1);
  expect(other.output()).toMatch(
    new RegExp(`error: The hub cannot listen on 127.0.0.1:${port}.*another PORT`),
  );
  expect(other.output()).not.toContain('store.migrated');
  expect(readdirSync(dataDir)).toEqual(['lock']);
}, 30_000);

test('readyz tells everybody whether it is ready, and those with a key what is not real here', async () => {
  await running();
  expect(await (await fetch(`${hub.url}/readyz`)).json()).toEqual({ status: 'ready' });
  const { status, body } = await hub.readiness();
  expect({ status, body }).toMatchObject({
    status: 200,
    body: {
      mode: 'local',
      roles: ['receiver', 'workers', 'scheduler', 'api'],
      dependencies: { postgres: { ok: true }, queue: { ok: true }, realtime: { ok: true } },
    },
  });
  const filledIn = ['Secrets key', 'Admin API key', 'Database', 'Graph and Entra ID', 'Web PubSub'];
  expect(body.standIns?.map((each) => each.for)).toEqual(filledIn);
  for (const each of filledIn) expect(hub.output()).toContain(each);
}, 30_000);
