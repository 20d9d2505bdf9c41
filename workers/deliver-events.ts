import type { Hub } from '../src/hub.ts';
import type { QueueWorker, Work } from '../src/ports/queue.ts';
import { deliverEvents } from '../src/steps/deliver/deliver-events.ts';
import { sendRealtime } from '../src/steps/deliver/send-realtime.ts';

const AT_ONCE = 8;

/** Destinations, side by side, one run at a time each. */
export function workOnDeliveries(hub: Hub): QueueWorker {
  return hub.queue.work('deliver-events', AT_ONCE, async (name, signal) => {
    const work: Work = { queue: 'deliver-events', id: name };
    const lingering = hub.nudges.begin(work);
    let again = false;
    try {
      const deps = {
        ...hub,
        send: (events: Parameters<typeof sendRealtime>[1]) => sendRealtime(hub, events),
        nobody: async () => (await hub.store.liveGroups()).length === 0,
        more: () => lingering.more(signal),
      };
      again = (await deliverEvents(deps, name, signal)).status === 'again';
    } finally {
      if (lingering.end() || again) hub.hint(work);
    }
  });
}
