import type { Hub } from '../src/hub.ts';
import { ALL_LANES } from '../src/core/inbox.ts';
import type { QueueWorker, Work } from '../src/ports/queue.ts';
import { processInbox } from '../src/steps/process/process-inbox.ts';

/** Lanes of the inbox, side by side. */
export function workOnInbox(hub: Hub): QueueWorker {
  return hub.queue.work('process-inbox', ALL_LANES, async (lane, signal) => {
    const work: Work = { queue: 'process-inbox', id: lane };
    const lingering = hub.nudges.begin(work);
    try {
      do await processInbox(hub, Number(lane), signal);
      while (await lingering.more(signal));
    } finally {
      if (lingering.end()) hub.hint(work);
    }
  });
}
