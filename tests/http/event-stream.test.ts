import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { describe, expect, onTestFinished, test } from 'vitest';
import { HubError } from '../../src/core/errors.ts';
import { toCloudEvent } from '../../src/core/event.ts';
import type { AppDeps } from '../../src/http/app-deps.ts';
import { eventStream, STREAM_PAGE } from '../../src/http/event-stream.ts';
import { LogTail } from '../../src/http/log-tail.ts';
import { negotiate } from '../../src/steps/deliver/negotiate.ts';
import { silentLog } from '../support/logs.ts';
import { until } from '../support/until.ts';
import { bearer, keyRecord, loggedEvent, TENANT } from './hub-deps.ts';
import { listen, openApp, problemIn } from './open-app.ts';

const PATH = '/api/v1/events/stream';

/** A reader as a browser is one. */
async function open(url: string, query = '', headers: Record<string, string> = bearer('viewer')) {
  const hangUp = new AbortController();
  onTestFinished(() => hangUp.abort());
  const response = await fetch(`${url}${PATH}${query}`, { headers, signal: hangUp.signal });
  const messages: EventSourceMessage[] = [];
  const comments: string[] = [];
  let ended = false;
  const parser = createParser({
    onEvent: (message) => messages.push(message),
    onComment: (comment) => comments.push(comment),
  });
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? [])
      parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
    ended = true;
  };
  const reading = read().catch(() => {});
  const ids = (): number[] => messages.map(({ id }) => Number(id));
  return { response, messages, comments, ids, ended: () => ended, hangUp: () => hangUp.abort(), reading };
}

async function listening(change: Partial<AppDeps> = {}) {
  const hub = await listen(change);
  const append = (...sequences: number[]): void => {
    hub.events.push(...sequences.map((sequence) => loggedEvent(sequence)));
    hub.deps.tail.nudge();
  };
  return Object.assign(hub, { append });
}

describe('a stream', () => {
  test('starts now, sends what is appended, and a comment at once', async () => {
    const { url, append } = await listening();
    append(1, 2);
    const stream = await open(url);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
    expect(stream.response.headers.get('cache-control')).toBe('no-store');
    await until(() => stream.comments.includes('keep-alive'));
    append(3);
    await until(() => stream.messages.length === 1);
    expect(stream.messages[0]).toMatchObject({ id: '0000000000000003', event: undefined });
    expect(JSON.parse(stream.messages[0]?.data ?? '')).toEqual(toCloudEvent(loggedEvent(3)));
  });

  test.each([
    ['after', '?after=1', {}],
    ['Last-Event-ID', '', { 'last-event-id': '0000000000000001' }],
    ['Last-Event-ID rather than after', '?after=0', { 'last-event-id': '1' }],
    ['after beside an empty Last-Event-ID', '?after=1', { 'last-event-id': '' }],
  ])('starts after a position: %s', async (_name, query, headers) => {
    const { url, append } = await listening();
    append(1, 2);
    const stream = await open(url, query, { ...bearer('viewer'), ...headers });
    append(3);
    await until(() => stream.messages.length === 2);
    expect(stream.ids()).toEqual([2, 3]);
  });

  test('reads a long log page by page, in order and without a gap, then goes on live', async () => {
    const { url, append } = await listening();
    const many = Array.from({ length: STREAM_PAGE * 3 }, (_, index) => index + 1);
    append(...many);
    const stream = await open(url, '?after=0');
    await until(() => stream.messages.length === many.length);
    append(many.length + 1);
    await until(() => stream.messages.length === many.length + 1);
    expect(stream.ids()).toEqual([...many, many.length + 1]);
  });

  test('sees what another process appended', async () => {
    const { url, events } = await listening();
    const stream = await open(url);
    events.push(loggedEvent(1));
    await until(() => stream.messages.length === 1);
    expect(stream.ids()).toEqual([1]);
  });

  test('has the filters of the list', async () => {
    const { url, append, events } = await listening();
    const stream = await open(url, '?type=heliograph.gap');
    append(1);
    events.push(loggedEvent(2, { type: 'heliograph.gap' }));
    append(3);
    await until(() => stream.messages.length > 0);
    expect(stream.ids()).toEqual([2]);
  });

  test('has the scope of a negotiated token, and ends with it', async () => {
    const hub = await listening();
    const outcome = await negotiate(hub.deps, { groups: [`tenant.${TENANT}`], ttlMinutes: 1 });
    if (outcome.status !== 'granted') throw new Error('not granted');
    const stream = await open(hub.url, '', { authorization: `Bearer ${outcome.token}` });
    hub.events.push(loggedEvent(1, { tenantId: 'another' }));
    hub.append(2);
    await until(() => stream.messages.length > 0);
    expect(stream.ids()).toEqual([2]);
    hub.clock.advance(60_000);
    hub.append(3);
    await until(stream.ended);
    expect(stream.ids()).toEqual([2]);
  });

  test('ends when its key is replaced', async () => {
    const hub = await listening();
    const stream = await open(hub.url);
    hub.keys[0] = keyRecord('viewer', 'viewer', 'another');
    hub.clock.advance(5_000);
    hub.append(1);
    await until(stream.ended);
    expect(stream.ids()).toEqual([]);
  });

  test('ends cleanly when the app closes', async () => {
    const { url, app } = await listening();
    const stream = await open(url);
    await app.close();
    expect(await until(stream.ended)).toBe(true);
  });

  test('that nobody reads any more is forgotten', async () => {
    let asked = 0;
    const hub = await listening();
    const { logHead } = hub.deps.store;
    hub.deps.store.logHead = () => {
      asked++;
      return logHead();
    };
    const stream = await open(hub.url);
    await until(() => asked > 2);
    stream.hangUp();
    await stream.reading;
    await until(async () => {
      const before = asked;
      await new Promise((resolve) => setImmediate(resolve));
      hub.deps.tail.nudge();
      return asked === before;
    });
    expect(hub.logLines).toEqual([]);
  });

  test('outlives a database that is away for a while', async () => {
    const hub = await listening();
    const stream = await open(hub.url);
    const { readEvents } = hub.deps.store;
    let failed = 0;
    hub.deps.store.readEvents = async () => {
      failed++;
      throw new HubError('store_unavailable', 'away');
    };
    hub.append(1);
    await until(() => failed > 0);
    hub.deps.store.readEvents = readEvents;
    await until(() => stream.messages.length === 1);
    expect(stream.ended()).toBe(false);
  });

  test('is not begun where it cannot go on: 410, 503', async () => {
    const hub = await openApp();
    hub.events.push(loggedEvent(9));
    hub.oldest = 9;
    const gone = await hub.app.inject({ url: `${PATH}?after=3`, headers: bearer('viewer') });
    expect(problemIn(gone)).toMatchObject({ status: 410, oldest: '0000000000000009' });
    hub.deps.store.logHead = async () => {
      throw new HubError('store_unavailable', 'The database is away.');
    };
    const away = await hub.app.inject({ url: PATH, headers: bearer('viewer') });
    expect(problemIn(away)).toMatchObject({ status: 503, code: 'store_unavailable' });
  });
});

test('twenty streams see every event once', async () => {
  const { url, append } = await listening();
  const streams = await Promise.all(Array.from({ length: 20 }, () => open(url, '?after=0')));
  for (let sequence = 1; sequence <= 100; sequence++) append(sequence);
  await until(() => streams.every((stream) => stream.messages.length === 100));
  for (const stream of streams)
    expect(stream.ids()).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
});

test('a slow reader is read for no faster than it takes', async () => {
  let pages = 0;
  const hub = await listening();
  const large = 'x'.repeat(20_000);
  for (let sequence = 1; sequence <= 2_000; sequence++)
    hub.events.push(loggedEvent(sequence, { data: JSON.stringify({ resource: large }) }));
  const { readEvents } = hub.deps.store;
  hub.deps.store.readEvents = (query) => {
    pages++;
    return readEvents(query);
  };
  const response = await fetch(`${hub.url}${PATH}?after=0`, { headers: bearer('viewer') });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  // 40 MB wait in the log; what the sockets and this reader hold is a fraction of that, and then reading stops.
  let before = -1;
  await until(
    () => {
      const same = pages === before;
      before = pages;
      return same;
    },
    { everyMs: 200 },
  );
  expect(pages).toBeLessThan(2_000 / STREAM_PAGE / 2);
  let bytes = 0;
  while (bytes < 2_000 * large.length) bytes += (await reader.read()).value?.length ?? 0;
  await reader.cancel();
});

test('a comment keeps an idle stream open', async () => {
  const { deps } = await openApp();
  const ended = new AbortController();
  const stream = eventStream(
    {
      store: deps.store,
      tail: new LogTail({ store: deps.store, log: silentLog }),
      log: silentLog,
      keepAliveMs: 1,
    },
    {
      filter: {},
      scope: null,
      first: { status: 'page', items: [], next: 0 },
      signal: ended.signal,
      stillAllowed: async () => true,
    },
  );
  for (let count = 0; count < 3; count++) expect((await stream.next()).value).toBe(': keep-alive\n\n');
  ended.abort();
  expect((await stream.next()).done).toBe(true);
});
