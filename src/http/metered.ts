import type { Clock } from '../ports/clock.ts';
import type { Counters } from '../ports/counters.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { RealtimeChannel } from '../ports/realtime-channel.ts';

/** A store that counts what it appends, by type and origin, with the time each event waited since its acceptance. */
export function meteredStore<Store extends Pick<EventLog, 'appendEvents'>>(
  store: Store,
  counters: Pick<Counters, 'appended' | 'duplicates' | 'setAside'>,
  clock: Clock,
): Store {
  return {
    ...store,
    async appendEvents(append) {
      const result = await store.appendEvents(append);
      if (result.status !== 'appended') return result;
      const nowMs = clock.now();
      const doubled = new Set(result.duplicates);
      for (const [index, { type, origin, time }] of append.events.entries())
        if (!doubled.has(index))
          counters.appended({ type, origin, waitedMs: Math.max(0, nowMs - Date.parse(time)) });
      if (doubled.size > 0) counters.duplicates(doubled.size);
      for (const { code } of append.setAside) counters.setAside(code);
      return result;
    },
  };
}

/** A channel that counts what its requests came to. */
export function meteredChannel(
  channel: RealtimeChannel,
  destination: string,
  counters: Pick<Counters, 'delivered'>,
): RealtimeChannel {
  return {
    ...channel,
    async sendToGroup(group, message) {
      const outcome = await channel.sendToGroup(group, message);
      counters.delivered(destination, outcome.status);
      return outcome;
    },
  };
}
