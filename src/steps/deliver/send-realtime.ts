import { toCloudEvent, type CloudEvent, type LoggedEvent } from '../../core/event.ts';
import { groupsOf, messagesFor } from '../../core/realtime.ts';
import type { DestinationStore } from '../../ports/destination-store.ts';
import type { RealtimeChannel } from '../../ports/realtime-channel.ts';
import type { RefusedEvent, SendResult } from './deliver-events.ts';

export interface SendRealtimeDeps {
  store: Pick<DestinationStore, 'liveGroups'>;
  realtime: Pick<RealtimeChannel, 'sendToGroup'>;
}

const GROUPS_AT_ONCE = 8;

/**
 * Sends events to the groups that somebody holds a live grant for: in order within a group, several groups at once. Nobody there
 * is a delivery too: a browser that comes later reads the log.
 */
export async function sendRealtime(
  deps: SendRealtimeDeps,
  events: readonly LoggedEvent[],
): Promise<SendResult> {
  const live = new Set(await deps.store.liveGroups());
  const byGroup = new Map<string, CloudEvent[]>();
  for (const event of events) {
    const groups = groupsOf(event).filter((group) => live.has(group));
    if (groups.length === 0) continue;
    const cloudEvent = toCloudEvent(event);
    for (const group of groups) {
      const of = byGroup.get(group);
      if (of) of.push(cloudEvent);
      else byGroup.set(group, [cloudEvent]);
    }
  }
  const run: Run = { ...deps, requests: 0, refused: new Map(), failure: null };
  const groups = byGroup.entries();
  await Promise.all(
    Array.from({ length: GROUPS_AT_ONCE }, async () => {
      for (const [group, of] of groups) await sendToGroup(run, group, of);
    }),
  );
  return run.failure ?? { status: 'delivered', requests: run.requests, refused: [...run.refused.values()] };
}

interface Run extends SendRealtimeDeps {
  requests: number;
  refused: Map<number, RefusedEvent>;
  failure: (SendResult & { status: 'failed' }) | null;
}

async function sendToGroup(run: Run, group: string, events: readonly CloudEvent[]): Promise<void> {
  for (const { text, events: carried } of messagesFor(events)) {
    if (run.failure !== null) return;
    run.requests++;
    const outcome = await run.realtime.sendToGroup(group, text);
    if (outcome.status === 'failed') run.failure = outcome;
    if (outcome.status === 'refused')
      for (const event of carried) {
        const sequence = Number(event.sequence);
        run.refused.set(sequence, { sequence, code: outcome.code, message: outcome.message });
      }
  }
}
