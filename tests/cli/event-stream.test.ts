import { expect, it } from 'vitest';
import { followEvents, type EventStreamDeps } from '../../src/cli/event-stream.ts';

/** A hub that answers each connection with one of these bodies. */
function streamsOf(bodies: ReadableStream<Uint8Array>[]) {
  const asked: string[] = [];
  const said: string[] = [];
  const delays: number[] = [];
  const stopping = new AbortController();
  const deps: EventStreamDeps = {
    api: {
      ask: () => Promise.reject(new Error('not asked here')),
      open: (_request, headers, signal) => {
        asked.push(headers['last-event-id'] ?? '');
        const body = bodies.shift();
        if (body === undefined) return Promise.reject(new TypeError('fetch failed'));
        return Promise.resolve(new Response(body.pipeThrough(new TransformStream(), { signal })));
      },
    },
    say: (text) => said.push(text),
    wait: (ms) => {
      delays.push(ms);
      return Promise.resolve();
    },
    random: () => 0.5,
    signal: stopping.signal,
    silenceMs: 50,
  };
  return { deps, asked, said, delays, stop: () => stopping.abort() };
}

function bodyOf(chunks: (string | Uint8Array)[], end: 'end' | 'silence'): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
      if (end === 'end') controller.close();
    },
  });
}

async function take(count: number, events: AsyncGenerator<{ sequence: string; data: string }>) {
  const taken: { sequence: string; data: string }[] = [];
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
}

it('leaves a connection that has gone silent and goes on after the last event', async () => {
  const { deps, asked, said } = streamsOf([
    bodyOf([': keep-alive\n\n', 'id: 1\ndata: one\n\n'], 'silence'),
    bodyOf(['id: 2\ndata: two\n\n'], 'silence'),
  ]);
  expect(await take(2, followEvents(deps, { path: '/events/stream' }, '0'))).toEqual([
    { sequence: '1', data: 'one' },
    { sequence: '2', data: 'two' },
  ]);
  expect(asked).toEqual(['0', '1']);
  expect(said).toEqual([
    'The connection is lost (nothing came from the hub). Trying again at once.',
    'Connected again, going on after 1.',
  ]);
});

it('puts together what was cut anywhere, inside a letter too, and drops what was cut off at the end', async () => {
  const text = Buffer.from('id: 1\ndata: Grüße\n\nid: 2\ndata: cut');
  const cut = text.indexOf('ü') + 1;
  const { deps, asked } = streamsOf([
    bodyOf([text.subarray(0, cut), text.subarray(cut)], 'end'),
    bodyOf(['id: 2\ndata: whole\n\n'], 'end'),
  ]);
  expect(await take(2, followEvents(deps, { path: '/events/stream' }, '0'))).toEqual([
    { sequence: '1', data: 'Grüße' },
    { sequence: '2', data: 'whole' },
  ]);
  expect(asked).toEqual(['0', '1']);
});

it('waits longer each time while nobody answers, up to a quarter of a minute', async () => {
  const { deps, delays, stop } = streamsOf([bodyOf([], 'end')]);
  const waiting = {
    ...deps,
    wait: (ms: number) => (delays.length === 8 && stop(), deps.wait(ms, deps.signal)),
  };
  expect(await take(1, followEvents(waiting, { path: '/events/stream' }, '0'))).toEqual([]);
  expect(delays.slice(0, 7)).toEqual([375, 750, 1500, 3000, 6000, 11_250, 11_250]);
});
