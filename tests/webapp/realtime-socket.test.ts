import { describe, expect, test } from 'vitest';
import type { NegotiateAnswer } from '../../src/http/schemas/realtime.ts';
import { openSocket, type ClientEvents } from '../../webapp/src/live/realtime-socket.ts';
import { officeEvent } from './office-events.ts';

const MINUTE = 60_000;

/** Every answer is a chain of promises; a turn of the event loop is longer than any of them. */
async function answered(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

interface FakeClient {
  events: ClientEvents;
  url: Promise<string>;
  stopped: boolean;
}

/** A clock that runs by hand, clients that do what the test says, and everything that was told, in order. */
function rig({ failing = false } = {}) {
  let nowMs = 1_700_000_000_000;
  const timers: { atMs: number; act: () => void }[] = [];
  const clients: FakeClient[] = [];
  const told: string[] = [];
  const hub = { groups: ['tenant.a'], ttlMs: 60 * MINUTE, failing, signedOut: false, negotiations: 0 };

  const close = openSocket(
    {
      async negotiate(): Promise<NegotiateAnswer | null> {
        hub.negotiations++;
        if (hub.failing) throw new Error('unreachable');
        if (hub.signedOut) return null;
        const expiresAt = new Date(nowMs + hub.ttlMs).toISOString();
        return { url: `ws://${hub.negotiations}`, groups: [...hub.groups], token: 't', expiresAt };
      },
      createClient(events) {
        const client: FakeClient = { events, url: Promise.resolve(''), stopped: false };
        clients.push(client);
        return {
          async start() {
            client.url = events.clientUrl();
            await client.url;
          },
          stop() {
            client.stopped = true;
          },
        };
      },
      startTimer(ms, act) {
        const timer = { atMs: nowMs + ms, act };
        timers.push(timer);
        return () => {
          const index = timers.indexOf(timer);
          if (index >= 0) timers.splice(index, 1);
        };
      },
      nowMs: () => nowMs,
    },
    {
      opened: (groups) => told.push(`opened ${groups}`),
      events: (events) => told.push(`events ${events.map((event) => Number(event.sequence)).join(' ')}`),
      silent: () => told.push('silent'),
      heard: () => told.push('heard'),
      lost: () => told.push('lost'),
      unauthenticated: () => told.push('unauthenticated'),
    },
  );

  /** Lets time pass, with a pong every second unless the line is dead. */
  async function pass(ms: number, { pongs = true } = {}): Promise<void> {
    const endMs = nowMs + ms;
    while (nowMs < endMs) {
      nowMs = Math.min(endMs, nowMs + 1_000);
      if (pongs) clients.at(-1)?.events.frame();
      for (const timer of timers.filter(({ atMs }) => atMs <= nowMs)) {
        if (!timers.includes(timer)) continue;
        timers.splice(timers.indexOf(timer), 1);
        timer.act();
      }
      await answered();
    }
  }

  /** The laptop sleeps: the clock goes on, nothing else does. */
  function sleep(ms: number): void {
    nowMs += ms;
  }

  function newest(): FakeClient {
    const client = clients.at(-1);
    if (client === undefined) throw new Error('no client');
    return client;
  }

  return { hub, clients, told, close, pass, sleep, newest, timers };
}

describe('a connection', () => {
  test('is opened with what was negotiated, and passes on the events of its messages', async () => {
    const { newest, told } = rig();
    await answered();
    expect(await newest().url).toBe('ws://1');
    newest().events.connected();
    newest().events.message({ events: [officeEvent(1, 0), officeEvent(2, 0)] });
    newest().events.message('something else');
    expect(told).toEqual(['opened 1', 'events 1 2', 'events ']);
  });

  test('that cannot be had is tried again, less and less often', async () => {
    const { hub, pass, clients, newest } = rig({ failing: true });
    await pass(60_000);
    expect(clients.length).toBeGreaterThan(3);
    expect(clients.length).toBeLessThan(10);
    hub.failing = false;
    await pass(16_000);
    newest().events.connected();
    const { length } = clients;
    await pass(60_000);
    expect(clients.length).toBe(length);
  });

  test('that ended for good is followed by another at once, with a URL of its own', async () => {
    const { newest, told, clients, pass } = rig();
    await answered();
    newest().events.connected();
    await pass(10_000);
    newest().events.disconnected();
    await pass(1);
    expect(clients).toHaveLength(2);
    expect(await newest().url).toBe('ws://2');
    newest().events.connected();
    expect(told).toEqual(['opened 1', 'lost', 'opened 1']);
  });

  test('that ends as soon as it is up is not tried again in a hurry', async () => {
    const { newest, clients, pass } = rig();
    for (let each = 0; each < 40; each++) {
      newest().events.connected();
      newest().events.disconnected();
      await pass(1_000);
    }
    expect(clients.length).toBeLessThan(9);
  });

  test('that falls silent says so within 4 s, is then called lost, and another is made', async () => {
    const { newest, told, clients, pass } = rig();
    await answered();
    newest().events.connected();
    await pass(60_000);
    expect(told).toEqual(['opened 1']);
    await pass(4_000, { pongs: false });
    expect(told).toEqual(['opened 1', 'silent']);
    await pass(9_000, { pongs: false });
    expect(told).toEqual(['opened 1', 'silent', 'lost']);
    expect(clients).toHaveLength(2);
    newest().events.connected();
    expect(told).toEqual(['opened 1', 'silent', 'lost', 'opened 1']);
  });

  test('that recovers after another took over is stopped then, and says nothing', async () => {
    const { clients, newest, told, pass } = rig();
    await answered();
    newest().events.connected();
    await pass(13_000, { pongs: false });
    newest().events.connected();
    const [old] = clients;
    if (old === undefined) throw new Error('no client');
    old.stopped = false;
    old.events.frame();
    expect(old.stopped).toBe(true);
    old.events.disconnected();
    expect(told).toEqual(['opened 1', 'silent', 'lost', 'opened 1']);
    expect(clients).toHaveLength(2);
  });

  test('that drops for a moment and is recovered says nothing', async () => {
    const { newest, told, pass } = rig();
    await answered();
    newest().events.connected();
    await pass(10_000);
    await pass(2_000, { pongs: false });
    await pass(30_000);
    expect(told).toEqual(['opened 1']);
  });

  test('that is recovered after a silence is heard again, and is the same one', async () => {
    const { newest, told, clients, pass } = rig();
    await answered();
    newest().events.connected();
    await pass(8_000, { pongs: false });
    await pass(30_000);
    expect(told).toEqual(['opened 1', 'silent', 'heard']);
    expect(clients).toHaveLength(1);
  });

  test('is not called silent where the page stood still and the answers wait to be read', async () => {
    const { newest, told, pass, sleep } = rig();
    await answered();
    newest().events.connected();
    await pass(2_000);
    for (let each = 0; each < 5; each++) {
      sleep(20_000);
      await pass(1_000, { pongs: false });
      await pass(1_000);
    }
    expect(told).toEqual(['opened 1']);
  });

  test('ends with the session', async () => {
    const { hub, newest, told, pass, timers } = rig();
    await answered();
    newest().events.connected();
    hub.signedOut = true;
    await pass(50 * MINUTE);
    expect(told).toEqual(['opened 1', 'unauthenticated']);
    expect(newest().stopped).toBe(true);
    expect(timers).toEqual([]);
  });

  test('that comes up after it was ended is stopped again', async () => {
    const { newest, told, close } = rig();
    await answered();
    close();
    const { events } = newest();
    events.connected();
    events.message({ events: [officeEvent(1, 0)] });
    expect(newest().stopped).toBe(true);
    expect(told).toEqual([]);
  });
});

describe('the grant', () => {
  test('is renewed before it expires, and the connection stays', async () => {
    const { hub, newest, told, clients, pass } = rig();
    await answered();
    newest().events.connected();
    await pass(47 * MINUTE);
    expect(hub.negotiations).toBe(1);
    await pass(2 * MINUTE);
    expect(hub.negotiations).toBe(2);
    expect(clients).toHaveLength(1);
    expect(told).toEqual(['opened 1']);
  });

  test('is asked for again when the hub cannot be reached just then', async () => {
    const { hub, newest, clients, pass } = rig();
    await answered();
    newest().events.connected();
    hub.failing = true;
    await pass(49 * MINUTE);
    expect(hub.negotiations).toBeGreaterThan(3);
    hub.failing = false;
    const before = hub.negotiations;
    await pass(MINUTE);
    expect(hub.negotiations).toBe(before + 1);
    expect(clients).toHaveLength(1);
  });

  test('that lapsed while the laptop slept is renewed, and what was not sent meanwhile is read', async () => {
    const { newest, told, clients, pass, sleep } = rig();
    await answered();
    newest().events.connected();
    sleep(70 * MINUTE);
    await pass(11 * MINUTE);
    expect(told).toEqual(['opened 1', 'lost', 'opened 1']);
    expect(clients).toHaveLength(1);
  });

  test('for other groups than before takes a new connection', async () => {
    const { hub, newest, told, clients, pass } = rig();
    await answered();
    newest().events.connected();
    hub.groups = ['tenant.a', 'tenant.b'];
    await pass(49 * MINUTE);
    expect(clients).toHaveLength(2);
    expect(clients[0]?.stopped).toBe(true);
    newest().events.connected();
    expect(told).toEqual(['opened 1', 'lost', 'opened 2']);
  });
});
