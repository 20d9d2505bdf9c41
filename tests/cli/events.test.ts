import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { runCli, startCli, userOf } from './run-cli.ts';
import { anEvent } from './samples.ts';
import { startSmallHub, type SmallHub } from './small-hub.ts';

let hub: SmallHub;
beforeEach(async () => {
  hub = await startSmallHub();
});
afterEach(() => hub.close());

const cli = (...args: string[]) => runCli(['events', ...args], userOf(hub));
const tail = (...args: string[]) => startCli(['events', 'tail', ...args], userOf(hub));

describe('events list', () => {
  it('shows the newest first', async () => {
    hub.append(41);
    hub.append(42);
    const { out } = await cli('list');
    expect(out.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(/^SEQUENCE +TIME +TYPE +ABOUT +SUBJECT$/),
      expect.stringMatching(
        /^ +42 +2 min ago +MessageCreated +Quarterly figures +users\/8f2b7c1e\/messages\/AAkALgAAAAAAHYQDEapmEc2byACqAC-42$/,
      ),
      expect.stringMatching(/^ +41 +2 min ago/),
    ]);
    expect(hub.requests[0]?.call).toBe('GET /events?limit=20&order=desc');
  });

  it('shortens subjects on a terminal, and leaves them out where it is narrow', async () => {
    hub.append(42);
    const shown = async (columns: number): Promise<string> => {
      let out = '';
      const stdout = { write: (text: string) => (out += text), isTTY: true, columns };
      await runCli(['events', 'list'], { ...userOf(hub), stdout });
      return stripVTControlCharacters(out);
    };
    expect(await shown(120)).toMatch(/ Quarterly figures +users\/8f2b7c1e\/messages\/AAkALgA…C-42$/m);
    expect(await shown(80)).toMatch(/ MessageCreated +Quarterly figures$/m);
  });

  it('sends filters as the API names them, times as it writes them', async () => {
    const filters = [
      '--type',
      'MessageCreated',
      '--subject',
      'users/a/*',
      '--origin',
      'catch-up',
      '--since',
      '2h',
    ];
    await cli('list', ...filters, '--until', '2026-01-31T10:00:00+01:00', '--after', '42', '--limit', '5');
    const { searchParams } = new URL(
      `http://hub${hub.requests[0]?.call.split(' ')[1]?.replaceAll('+', '%2B') ?? ''}`,
    );
    expect(Object.fromEntries(searchParams)).toEqual({
      limit: '5',
      order: 'asc',
      after: '42',
      type: 'Microsoft.Graph.MessageCreated',
      subject: 'users/a/*',
      origin: 'catch-up',
      since: '2026-01-31T07:00:00.000Z',
      until: '2026-01-31T09:00:00.000Z',
    });
  });

  it('says how to see more', async () => {
    hub.append(41);
    hub.append(42);
    expect((await cli('list', '--limit', '2')).err).toBe('There may be more: add --before 41\n');
  });

  it('prints the answer as it is for programs', async () => {
    hub.append(42);
    expect(JSON.parse((await cli('list', '--json')).out)).toEqual({
      items: [anEvent(42)],
      next: '0000000000000042',
    });
  });

  it('says why there is none', async () => {
    expect((await cli('list')).out).toBe(
      'There are no events yet. To see events as they come: heliograph events tail\n',
    );
    hub.append(41);
    expect((await cli('list', '--after', '41')).out).toMatch(
      /^There is no event after 41\. The log ends at 41\. .*heliograph events tail\n$/,
    );
    expect((await cli('list', '--type', 'UserDeleted')).out).toBe('No event matches. The log ends at 41.\n');
  });
});

describe('events show', () => {
  it('shows the event, its journey and what it carries', async () => {
    hub.append(42);
    const { out } = await cli('show', '42');
    expect(out).toMatch(/^type +Microsoft\.Graph\.MessageCreated$/m);
    expect(out).toMatch(/^appended +\+191 ms$/m);
    expect(out).toContain('  "subject": "Quarterly figures"');
  });

  it('prints the event as the API gives it for programs', async () => {
    hub.append(42);
    expect(JSON.parse((await cli('show', '42', '--json')).out)).toEqual(anEvent(42));
    expect(hub.requests.map(({ call }) => call)).toEqual(['GET /events/42']);
  });

  it('says why there is no resource', async () => {
    hub.events.push(
      anEvent(7, { data: { reason: { code: 'not_found', message: 'It was gone when we looked.' } } }),
    );
    expect((await cli('show', '0000000000000007')).out).toMatch(
      /^no resource +It was gone when we looked\. \(not_found\)$/m,
    );
    expect((await cli('show', '8')).code).toBe(1);
  });
});

describe('events tail', () => {
  it('begins now, and shows what comes', async () => {
    hub.append(41);
    const running = tail('--limit', '2');
    await until(() => hub.openStreams() === 1);
    hub.append(42);
    hub.append(43);
    const { code, out, err } = await running.done;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^2026-01-31T08:58:00Z +42 +MessageCreated +users\/8f2b7c1e/),
      expect.stringMatching(/ 43 /),
      '',
    ]);
  });

  it('prints one event a line for programs, after the sequence asked for, of the type asked for', async () => {
    hub.append(41);
    hub.append(42);
    const { out } = await tail('--after', '40', '--limit', '2', '--type', 'MessageCreated', '--json').done;
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([anEvent(41), anEvent(42)]);
    expect(hub.requests.at(-1)).toMatchObject({
      call: 'GET /events/stream?type=Microsoft.Graph.MessageCreated',
      lastEventId: '40',
    });
  });

  it('says what it waits for when asked for what comes after the end of the log', async () => {
    hub.append(41);
    const running = tail('--after', '42', '--limit', '1', '--json');
    await until(() => hub.openStreams() === 1);
    hub.append(42);
    hub.append(43);
    const { out, err } = await running.done;
    expect(err).toBe('The log ends at 41; waiting for event 43.\n');
    expect(JSON.parse(out)).toEqual(anEvent(43));
  });

  it('goes on after a lost connection where it stopped, and says so', async () => {
    const running = tail('--limit', '3', '--json');
    await until(() => hub.openStreams() === 1);
    hub.append(1);
    await until(() => running.out() !== '');
    hub.dropStreams();
    hub.append(2);
    await until(() => hub.openStreams() === 1);
    hub.append(3);
    const { code, out, err } = await running.done;
    expect(code).toBe(0);
    expect(out.match(/"sequence":"\d+"/g)?.map((text) => Number(text.slice(12, -1)))).toEqual([1, 2, 3]);
    expect(err).toBe(
      'The connection is lost (other side closed). Trying again at once.\nConnected again, going on after 1.\n',
    );
    expect(hub.requests.at(-1)?.lastEventId).toBe('0000000000000001');
  });

  it('misses nothing when the connection is lost before the first event', async () => {
    hub.append(41);
    const running = tail('--limit', '1', '--json');
    await until(() => hub.openStreams() === 1);
    hub.dropStreams();
    hub.append(42);
    expect(JSON.parse((await running.done).out)).toEqual(anEvent(42));
  });

  it('waits for a hub that is restarted', async () => {
    const running = tail('--limit', '1');
    await until(() => hub.openStreams() === 1);
    const { port } = new URL(hub.url);
    await hub.close();
    await until(() => (running.err().match(/Trying again/g)?.length ?? 0) >= 3);
    hub = await startSmallHub(Number(port));
    await until(() => hub.openStreams() === 1);
    hub.append(1);
    expect(await running.done).toMatchObject({ code: 0, err: expect.stringContaining('Connected again') });
  });

  it('ends when the hub refuses, at once or later', async () => {
    hub.next = { status: 410, problem: { detail: 'Older events are deleted.', oldest: '0000000000000500' } };
    hub.append(600);
    const refusal = 'error: Older events are deleted.\nThe oldest event that is kept is 0000000000000500.\n';
    expect(await tail('--after', '1').done).toEqual({ code: 1, out: '', err: refusal });
    hub.next = { status: 200 };
    const running = tail('--after', '1');
    await until(() => hub.openStreams() === 1);
    hub.next = { status: 401, problem: { detail: 'Sign in again.' } };
    hub.dropStreams();
    expect(await running.done).toMatchObject({
      code: 1,
      err: expect.stringMatching(/error: Sign in again\.\n.*HELIOGRAPH_API_KEY/),
    });
  });

  it('fails at once when there is no hub', async () => {
    await hub.close();
    expect(await tail().done).toMatchObject({ code: 1, err: expect.stringContaining('No hub answers') });
  });

  it('ends when it is told to', async () => {
    const running = tail();
    await until(() => hub.openStreams() === 1);
    running.stop();
    expect(await running.done).toEqual({ code: 0, out: '', err: '' });
    await until(() => hub.openStreams() === 0);
  });
});
