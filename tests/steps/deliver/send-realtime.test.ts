import { describe, expect, it } from 'vitest';
import type { SendOutcome } from '../../../src/core/delivery.ts';
import type { CloudEvent } from '../../../src/core/event.ts';
import { sendRealtime } from '../../../src/steps/deliver/send-realtime.ts';
import { loggedEvent } from '../../support/small-destination.ts';

const MAIL = { tenantId: 't', type: 'Microsoft.Graph.MessageUpdated' };
const USER = { tenantId: 't', type: 'Microsoft.Graph.UserUpdated' };

function channel(live: string[], answer: (group: string, nth: number) => SendOutcome | Promise<SendOutcome>) {
  const sent: { group: string; sequences: number[] }[] = [];
  let atOnce = 0;
  let most = 0;
  const groupsUnderWay = new Set<string>();
  const deps = {
    store: { liveGroups: () => Promise.resolve(live) },
    realtime: {
      async sendToGroup(group: string, message: string): Promise<SendOutcome> {
        expect(groupsUnderWay.has(group)).toBe(false);
        groupsUnderWay.add(group);
        most = Math.max(most, ++atOnce);
        const { events } = JSON.parse(message) as { events: CloudEvent[] };
        sent.push({ group, sequences: events.map(({ sequence }) => Number(sequence)) });
        const outcome = await answer(group, sent.length);
        atOnce--;
        groupsUnderWay.delete(group);
        return outcome;
      },
    },
  };
  return { deps, sent, most: () => most };
}

const delivered = (): SendOutcome => ({ status: 'delivered' });
const later = (): Promise<SendOutcome> =>
  new Promise((resolve) => setImmediate(resolve, { status: 'delivered' }));

describe('events for browsers', () => {
  it('go to the groups that somebody holds a live grant for, each group its own, in order', async () => {
    const { deps, sent } = channel(
      ['tenant.t', `tenant.t.type.${USER.type}`, 'subscription.k', 'user.x'],
      delivered,
    );
    const events = [
      loggedEvent(1, { ...MAIL, subscriptionKey: 'k' }),
      loggedEvent(2, { ...USER, subscriptionKey: 'j' }),
      loggedEvent(3, { ...MAIL, tenantId: 'other', subscriptionKey: 'k' }),
      loggedEvent(4, { ...USER, tenantId: null, subscriptionKey: null }),
    ];
    expect(await sendRealtime(deps, events)).toEqual({ status: 'delivered', requests: 3, refused: [] });
    expect(Object.fromEntries(sent.map(({ group, sequences }) => [group, sequences]))).toEqual({
      'tenant.t': [1, 2],
      'subscription.k': [1, 3],
      [`tenant.t.type.${USER.type}`]: [2],
    });
  });

  it('for nobody are delivered: who comes later reads the log', async () => {
    const { deps, sent } = channel([], delivered);
    expect(await sendRealtime(deps, [loggedEvent(1)])).toEqual({
      status: 'delivered',
      requests: 0,
      refused: [],
    });
    expect(sent).toEqual([]);
  });

  it('keep their order over several messages, while other groups are sent to', async () => {
    const groups = Array.from({ length: 30 }, (_, at) => `subscription.k${at}`);
    const { deps, sent, most } = channel(groups, later);
    const large = JSON.stringify({ resource: 'x'.repeat(100_000) });
    const events = Array.from({ length: 150 }, (_, at) =>
      loggedEvent(at + 1, { subscriptionKey: `k${at % 30}`, data: large }),
    );
    const result = await sendRealtime(deps, events);
    expect(result).toMatchObject({ status: 'delivered', requests: 90 });
    for (const group of groups) {
      const sequences = sent.filter((each) => each.group === group).flatMap((each) => each.sequences);
      expect(sequences).toHaveLength(5);
      expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    }
    expect(most()).toBe(8);
  });

  it('of which one send fails are a failure as a whole, and nothing more is begun', async () => {
    const groups = Array.from({ length: 40 }, (_, at) => `subscription.k${at}`);
    const failed: SendOutcome = { status: 'failed', code: 'http_503', message: 'busy', retryAfterMs: 5_000 };
    const { deps, sent } = channel(groups, (_, nth) => (nth === 5 ? failed : later()));
    const events = groups.map((group, at) => loggedEvent(at + 1, { subscriptionKey: group.slice(13) }));
    expect(await sendRealtime(deps, events)).toEqual(failed);
    expect(sent.length).toBeLessThanOrEqual(16);
  });

  it('that are refused by one group are named once each, and the others are sent', async () => {
    const refused: SendOutcome = { status: 'refused', code: 'http_400', message: 'no' };
    const { deps, sent } = channel(['tenant.t', 'subscription.k', 'subscription.j'], (group) =>
      group === 'subscription.j' ? delivered() : refused,
    );
    const events = [
      loggedEvent(1, { ...MAIL, subscriptionKey: 'k' }),
      loggedEvent(2, { tenantId: null, subscriptionKey: 'j' }),
    ];
    expect(await sendRealtime(deps, events)).toEqual({
      status: 'delivered',
      requests: 3,
      refused: [{ sequence: 1, code: 'http_400', message: 'no' }],
    });
    expect(sent).toHaveLength(3);
  });
});
