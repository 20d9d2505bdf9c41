import type { Hub } from '../src/hub.ts';
import type { QueueWorker } from '../src/ports/queue.ts';
import { deliverEvents } from '../src/steps/deliver-events.ts';
import { sendRealtime } from '../src/steps/send-realtime.ts';

const AT_ONCE = 8;

/** Destinations, side by side, one run at a time each. */
export function workOnDeliveries(hub: Hub): QueueWorker {
  return hub.queue.work('deliver-events', AT_ONCE, async (name, signal) => {
    const outcome = await deliverEvents(
      { ...hub, send: (events) => sendRealtime(hub, events) },
      name,
      signal,
    );
    if (outcome.status === 'again') hub.hint({ queue: 'deliver-events', id: name });
  });
}
