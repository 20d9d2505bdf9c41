import { Gauge, Registry } from 'prom-client';
import { messageOf } from '../core/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import { within } from '../core/within.ts';

export interface StoreMetricsDeps {
  store: Pick<Store, 'inboxDepth' | 'countSubscriptions' | 'listDestinations' | 'logHead'>;
  clock: Clock;
  log: Log;
}

const READ_WITHIN_MS = 2_000;

/**
 * What only the store knows, read for one scrape. When the database does not answer in time these metrics are absent rather than
 * old, and `heliograph_store_up` is 0.
 */
export async function storeMetrics(deps: StoreMetricsDeps): Promise<string> {
  const registry = new Registry();
  const gauge = (name: string, help: string, label?: string): Gauge =>
    new Gauge({
      name: `heliograph_${name}`,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [registry],
    });
  const up = gauge('store_up', 'Whether the database answered this scrape.');
  try {
    const read = await within(READ_WITHIN_MS, readStore(deps.store));
    up.set(1);
    fill(gauge, read, deps.clock.now());
  } catch (error) {
    up.set(0);
    deps.log.warn({ reason: messageOf(error) }, 'metrics.store_unavailable');
  }
  return registry.metrics();
}

async function readStore(store: StoreMetricsDeps['store']) {
  const [depth, subscriptions, destinations, head] = await Promise.all([
    store.inboxDepth(),
    store.countSubscriptions(),
    store.listDestinations(),
    store.logHead(),
  ]);
  return { depth, subscriptions, destinations, head };
}

function fill(
  gauge: (name: string, help: string, label?: string) => Gauge,
  { depth, subscriptions, destinations, head }: Awaited<ReturnType<typeof readStore>>,
  nowMs: number,
): void {
  const oldestMs = depth.oldestAcceptedAt === null ? nowMs : Date.parse(depth.oldestAcceptedAt);
  gauge('inbox_rows', 'Rows of the inbox.').set(depth.rows);
  gauge('inbox_items', 'Notifications in the inbox.').set(depth.items);
  gauge('inbox_oldest_seconds', 'Age of the oldest row of the inbox.').set((nowMs - oldestMs) / 1000);
  gauge('set_aside_items', 'Notifications set aside.').set(depth.setAside);
  gauge('log_sequence', 'The newest sequence of the log.').set(head);
  const byStatus = gauge('subscriptions', 'Subscriptions by status.', 'status');
  for (const [status, count] of Object.entries(subscriptions)) byStatus.set({ status }, count);
  const lag = gauge('destination_lag', 'Events in the log after the cursor.', 'destination');
  const parked = gauge('destination_parked', 'Events parked.', 'destination');
  const failures = gauge('destination_failures', 'Failures in a row.', 'destination');
  for (const destination of destinations) {
    const label = { destination: destination.name };
    lag.set(label, destination.lag);
    parked.set(label, destination.parked);
    failures.set(label, destination.failures);
  }
}
