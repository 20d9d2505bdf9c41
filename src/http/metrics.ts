import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { Counters } from '../ports/counters.ts';

export interface HubMetrics {
  registry: Registry;
  counters: Counters;
  /** One answer to Graph. */
  graphAnswered(status: number, seconds: number): void;
}

/** 3 s and 10 s are Graph's own limits: https://learn.microsoft.com/graph/change-notifications-delivery-webhooks */
const ANSWER_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 3, 10];
const WAIT_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600];

/** All metrics of a process, in a registry of its own. Names begin with `heliograph_`. */
export function hubMetrics(): HubMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter<Label>({ name: `heliograph_${name}`, help, labelNames, registers });
  const histogram = <Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[],
  ) => new Histogram<Label>({ name: `heliograph_${name}`, help, buckets, labelNames, registers });

  const accepted = counter('notifications_accepted_total', 'Notifications committed to the inbox.');
  const forged = counter(
    'notifications_forged_total',
    'Notifications that did not prove themselves and name no subscription of ours.',
  );
  const wrongSecret = counter(
    'client_states_wrong_secret_total',
    'Notifications that name a subscription of ours and did not prove themselves: SECRETS_KEY is wrong.',
  );
  const appended = counter('events_appended_total', 'Events appended to the log.', ['type', 'origin']);
  const duplicates = counter('events_duplicate_total', 'Notifications whose event the log had already.');
  const setAside = counter('notifications_set_aside_total', 'Notifications set aside.', ['code']);
  const delivered = counter('deliveries_total', 'Requests made to destinations.', ['destination', 'outcome']);
  const wait = histogram('accepted_to_appended_seconds', 'From acceptance to the log.', WAIT_SECONDS, [
    'origin',
  ]);
  const answer = histogram('graph_answer_seconds', 'Time to answer a post of Graph.', ANSWER_SECONDS, [
    'status',
  ]);
  return {
    registry,
    counters: {
      accepted: (items) => accepted.inc(items),
      forged: (items) => forged.inc(items),
      wrongSecret: (items) => wrongSecret.inc(items),
      appended: ({ type, origin, waitedMs }) => {
        appended.inc({ type, origin });
        wait.observe({ origin }, waitedMs / 1000);
      },
      duplicates: (items) => duplicates.inc(items),
      setAside: (code) => setAside.inc({ code }),
      delivered: (destination, outcome) => delivered.inc({ destination, outcome }),
    },
    graphAnswered: (status, seconds) => answer.observe({ status }, seconds),
  };
}
