import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { listen } from './open-app.ts';

/** Sends raw text and gives what came back until the other side closed. */
async function talk(port: number, text: string, hangUp: 'end' | 'destroy' = 'end'): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += String(chunk);
  });
  socket.write(text);
  if (hangUp === 'destroy') socket.destroy();
  else socket.end();
  await once(socket, 'close');
  return answer;
}

const HEAD = 'POST /graph/notifications HTTP/1.1\r\nhost: h\r\nconnection: close\r\n';

test('a chunked body is put together', async () => {
  const { port, posts } = await listen();
  const answer = await talk(port, `${HEAD}transfer-encoding: chunked\r\n\r\n2\r\n{ \r\n1\r\n}\r\n0\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 202 /);
  expect(posts).toEqual(['{ }']);
});

test.each([
  ['a chunk that is none', `${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n`],
  ['two lengths', `${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`],
  [
    'a length and chunks',
    `${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
  ],
  ['a length that is no number', `${HEAD}content-length: two\r\n\r\n{}`],
  ['no HTTP at all', 'hello\r\n\r\n'],
])('%s is a 400 problem', async (_name, text) => {
  const { port, posts } = await listen();
  const answer = await talk(port, text);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('application/problem+json');
  expect(posts).toEqual([]);
});

test('headers that never end are a 431', async () => {
  const { port } = await listen();
  expect(await talk(port, `${HEAD}x: ${'a'.repeat(40_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
});

test('a body that ends before its length, or is cut off, is nobody’s fault and does no harm', async () => {
  const { port, posts, logLines, url } = await listen();
  const short = await talk(port, `${HEAD}content-length: 100\r\n\r\n{"value":`);
  expect(short).not.toMatch(/^HTTP\/1\.1 (?:2|5)/);
  await talk(port, `${HEAD}content-length: 100\r\n\r\n{"value":`, 'destroy');
  const after = await fetch(`${url}/graph/notifications`, { method: 'POST', body: '{}' });
  expect(after.status).toBe(202);
  expect(posts).toEqual(['{}']);
  expect(logLines).toEqual([]);
});

test('a body that grows over 4 MiB as it comes is a 413', async () => {
  const { url, posts } = await listen();
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 65_536;
      if (sent > 6 * 1024 * 1024) controller.close();
      else controller.enqueue(new Uint8Array(65_536));
    },
  });
  const status = await fetch(`${url}/graph/notifications`, {
    method: 'POST',
    body: endless,
    duplex: 'half',
  }).then(
    (response) => response.status,
    // The answer may be overtaken by the reset of a connection that is still being written to.
    () => 413,
  );
  expect(status).toBe(413);
  expect(posts).toEqual([]);
});

test('a request under way when the app closes is answered', async () => {
  const held = Promise.withResolvers<undefined>();
  const hub = await listen();
  let arrived = false;
  hub.deps.steps.receiveNotifications = async () => {
    arrived = true;
    await held.promise;
    return { status: 'accepted' };
  };
  const answer = fetch(`${hub.url}/graph/notifications`, { method: 'POST', body: '{}' });
  await until(() => arrived);
  const closed = hub.app.close();
  held.resolve(undefined);
  expect((await answer).status).toBe(202);
  await closed;
});
