import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli, userOf } from './run-cli.ts';
import { aDestination, aSetAsideItem } from './samples.ts';
import { startSmallHub, type SmallHub } from './small-hub.ts';

let hub: SmallHub;
beforeEach(async () => {
  hub = await startSmallHub();
});
afterEach(() => hub.close());

const cli = (...args: string[]) => runCli(args, userOf(hub));

it('lists what is set aside with its reason', async () => {
  expect(await cli('set-aside', 'list')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/Nothing is set aside/),
  });
  hub.setAside.push(aSetAsideItem(9), aSetAsideItem(7));
  const { out, err } = await cli('set-aside', 'list', '--limit', '2', '--before', '10');
  expect(hub.requests.at(-1)?.call).toBe('GET /set-aside?limit=2&before=10');
  const lines = out.split('\n');
  expect(lines[1]).toMatch(/^ *9 +30 min ago +k7m2\w+ +resource_outside +The notification.*than a line\.$/);
  expect(err).toMatch(/heliograph set-aside run/);
  expect(JSON.parse((await cli('set-aside', 'list', '--json')).out).items).toHaveLength(2);
});

it('runs them again: all, or those named', async () => {
  hub.setAside.push(aSetAsideItem(9), aSetAsideItem(7));
  expect(await cli('set-aside', 'run')).toEqual({ code: 0, out: '2 put back into the inbox.\n', err: '' });
  expect((await cli('set-aside', 'run', '7', '7', '--json')).out).toBe('{"ran":1}\n');
  expect(hub.requests.map(({ body }) => body)).toEqual([{}, { ids: [7] }]);
});

it('fails to run what is not set aside, in the words in which it fails to discard it', async () => {
  hub.setAside.push(aSetAsideItem(7));
  const words = 'There is nothing set aside with this id.\nTo see what is: heliograph set-aside list\n';
  const failed = { code: 1, out: '', err: `error: ${words}` };
  expect(await cli('set-aside', 'run', '3')).toEqual(failed);
  expect(await cli('set-aside', 'discard', '3')).toEqual(failed);
  expect(await cli('set-aside', 'run', '3', '--json')).toEqual({ ...failed, out: '{"ran":0}\n' });
  expect(await cli('set-aside', 'run', '7', '3', '4')).toMatchObject({
    code: 1,
    out: '1 put back into the inbox.\n',
    err: expect.stringContaining('nothing set aside with 2 of these 3 ids'),
  });
  hub.setAside.pop();
  expect(await cli('set-aside', 'run')).toMatchObject({
    code: 0,
    out: expect.stringContaining('Nothing is'),
  });
  expect((await cli('set-aside', 'run', '--help')).out).not.toContain('default');
});

it('discards one', async () => {
  hub.setAside.push(aSetAsideItem(7));
  expect(await cli('set-aside', 'discard', '7')).toEqual({ code: 0, out: '7 is forgotten.\n', err: '' });
  expect(await cli('set-aside', 'discard', '8')).toMatchObject({
    code: 1,
    err: expect.stringContaining('nothing set aside'),
  });
});

it('lists destinations with how far each has read, and why one fails', async () => {
  expect((await cli('destinations', 'list')).out).toMatch(/no destinations yet/);
  const lastError = {
    code: 'ECONNREFUSED',
    message: 'Web PubSub does not answer.',
    at: '2026-01-31T08:59:00.000Z',
  };
  hub.destinations.push(aDestination({ status: 'failing', lastError, retryAt: '2026-01-31T09:00:30.000Z' }));
  const { out } = await cli('destinations', 'list');
  expect(out.split('\n')).toEqual([
    expect.stringMatching(/^NAME +KIND +STATUS +CURSOR +BEHIND +PARKED +DELIVERED$/),
    expect.stringMatching(/^realtime +realtime +failing +42 +3 +0 +1 s ago$/),
    'realtime: Web PubSub does not answer. (ECONNREFUSED), next try in 30 s',
    '',
  ]);
  expect(JSON.parse((await cli('destinations', 'list', '--json')).out)).toMatchObject({ next: null });
});
