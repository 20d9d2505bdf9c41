import type { CloudEvent } from '../../src/http/schemas/events.ts';
import type { HubApi } from './hub-api.ts';
import { versionName, type Load } from './notification-load.ts';
import { until } from './until.ts';

/** What is wrong with a log after a load: nothing, when all four are empty. */
export interface LogFlaws {
  /** Answered 202 and not in the log. */
  lost: string[];
  /** In the log more than once. */
  doubled: string[];
  /** Never posted. */
  strange: string[];
  /** Sequences that are not the one before plus one, from 1 on. */
  gaps: number[];
}

export const NO_FLAWS: LogFlaws = { lost: [], doubled: [], strange: [], gaps: [] };

export function versionOfEvent({ subscriptionkey = '', subject, data }: CloudEvent): string {
  const { resourceData } = data as { resourceData?: Record<string, unknown> };
  return versionName(subscriptionkey, subject, resourceData?.['@odata.etag']);
}

function flawsOf(events: readonly CloudEvent[], load: Load): LogFlaws {
  const counts = new Map<string, number>();
  for (const event of events) {
    const name = versionOfEvent(event);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return {
    lost: [...load.accepted].filter((name) => !counts.has(name)),
    doubled: [...load.onlyOnce].filter((name) => (counts.get(name) ?? 0) > 1),
    strange: [...counts.keys()].filter((name) => !load.posted.has(name)),
    gaps: events.flatMap(({ sequence }, index) => (Number(sequence) === index + 1 ? [] : [index + 1])),
  };
}

/** Waits until everything that was answered 202 is in the log; then reads all of it and says what is wrong with it. */
export async function checkLog(
  hub: HubApi,
  load: Load,
  { timeoutMs = 30_000 } = {},
): Promise<{ events: CloudEvent[]; flaws: LogFlaws }> {
  const missing = new Set(load.accepted);
  let position = 0;
  await until(
    async () => {
      const events = await hub.readEvents(position);
      for (const event of events) missing.delete(versionOfEvent(event));
      position = Number(events.at(-1)?.sequence ?? position);
      if (missing.size > 0) throw new Error(`${missing.size} of ${load.accepted.size} are missing`);
      return true;
    },
    { timeoutMs, everyMs: 100, what: 'the log of everything that was accepted' },
  ).catch(() => {}); // What is missing is said below, by name.
  const events = await hub.readEvents();
  return { events, flaws: flawsOf(events, load) };
}
