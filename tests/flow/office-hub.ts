import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'vitest';
import type { LifecycleEvent } from '../../src/core/notification.ts';
import type { ChangeAsk } from '../../src/local/graph-simulator/office-script.ts';
import type { MadeChange, ShownSubscription } from '../../src/local/graph-simulator/simulator-control.ts';
import type { FaultSettings } from '../../src/local/graph-simulator/simulator-faults.ts';
import { trustLocalCa } from '../../src/local/local-ca.ts';
import { heliograph, type CommandRun } from '../support/command-line.ts';
import { hubProcess, type HubProcess, type HubSettings } from '../support/hub-process.ts';
import { describePostgres, describeRedis, freshDatabase, redisUrl } from '../support/services.ts';
import { until } from '../support/until.ts';

/** The simulated office of a running hub, from outside, over `/control`. */
export interface Office {
  /** One change. What is left open is left to chance. */
  change(ask: ChangeAsk): Promise<MadeChange>;
  fault(settings: FaultSettings): Promise<void>;
  noFaults(): Promise<void>;
  subscriptions(): Promise<ShownSubscription[]>;
  lifecycle(subscriptionId: string, lifecycleEvent: LifecycleEvent): Promise<void>;
  lose(subscriptionId: string): Promise<void>;
}

/** A hub in local mode with its simulator, which changes nothing by itself. */
export interface OfficeHub extends HubProcess {
  office: Office;
  cli(...args: readonly string[]): Promise<CommandRun>;
  /** The link of the banner, which signs in once. */
  signInLink(): string;
}

/** What is behind a hub: its settings, and what ends it. */
export interface Backend {
  settings: HubSettings;
  drop(): Promise<void>;
}

const embedded = (): Promise<Backend> => Promise.resolve({ settings: {}, drop: () => Promise.resolve() });

/** A fresh Postgres database and a Redis database of its own. */
export async function postgresAndRedis(): Promise<Backend> {
  const database = await freshDatabase();
  return {
    settings: { DATABASE_URL: database.url, REDIS_URL: await redisUrl() },
    drop: () => database.drop(),
  };
}

/** The same tests for both ways a hub is run. */
export function describeBackends(define: (backend: () => Promise<Backend>) => void): void {
  describe('embedded', () => {
    define(embedded);
  });
  describePostgres('on Postgres', () => describeRedis('and Redis', () => define(postgresAndRedis)));
}

/** Starts it; `dispose` it afterwards. */
export async function startOfficeHub(
  settings: HubSettings = {},
  options: { makesDatabase?: boolean } = {},
): Promise<OfficeHub> {
  const hub = await hubProcess({ SIMULATOR_CHANGES_PER_SECOND: '0', ...settings }, options);
  try {
    await hub.start();
    return {
      ...hub,
      office: await officeOf(hub),
      cli: (...args) => heliograph(hub, ...args),
      signInLink: () => /Dashboard\s+(\S+#sign-in=\S+)/.exec(hub.output())?.[1] ?? '',
    };
  } catch (error) {
    await hub.dispose();
    throw error;
  }
}

async function officeOf(hub: HubProcess): Promise<Office> {
  trustLocalCa(await readFile(join(hub.dataDir, 'local-ca', 'ca.pem'), 'utf8'));

  /** Its port is another after each start. */
  const root = async (): Promise<string> => {
    const { body } = await hub.readiness();
    const standIn = body.standIns?.find((each) => each.for === 'Graph and Entra ID');
    const found = /https:\S+/.exec(standIn?.what ?? '')?.[0];
    if (found === undefined) throw new Error('The hub does not say where its simulator is.');
    return found;
  };
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${await root()}/control${path}`, {
      method,
      headers: { authorization: `Bearer ${hub.adminKey()}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /control${path} answered ${response.status}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  return {
    change: async (ask) => {
      const { changes } = (await control('POST', '/changes', ask)) as { changes: [MadeChange] };
      return changes[0];
    },
    fault: async (faults) => void (await control('POST', '/faults', faults)),
    noFaults: async () => void (await control('DELETE', '/faults')),
    subscriptions: async () =>
      ((await control('GET', '/state')) as { subscriptions: ShownSubscription[] }).subscriptions,
    lifecycle: async (subscriptionId, lifecycleEvent) =>
      void (await control('POST', '/lifecycle', { subscriptionId, lifecycleEvent })),
    lose: async (id) => void (await control('DELETE', `/subscriptions/${id}`)),
  };
}

/** Waits for the event of a change that somebody was told of. */
export async function eventOf(hub: OfficeHub, { notified }: MadeChange, timeoutMs = 10_000) {
  const [told] = notified;
  if (told === undefined) throw new Error('Nobody watches that.');
  const id = told.resource.slice(told.resource.lastIndexOf('/') + 1);
  return until(async () => (await hub.readEvents()).find(({ subject }) => subject.endsWith(`/${id}`)), {
    what: `the event of ${told.resource}`,
    everyMs: 25,
    timeoutMs,
  });
}
