import { join } from 'node:path';
import type { Log } from '../../ports/log.ts';
import type { LocalCertificates } from '../local-ca.ts';
import { bearerTokens } from './bearer-tokens.ts';
import { changeFeed } from './change-feed.ts';
import { heldSubscriptions } from './held-subscriptions.ts';
import { notificationDispatcher } from './notification-dispatcher.ts';
import { openOfficeJournal } from './office-journal.ts';
import { officePace } from './office-pace.ts';
import { officeScript, type ChangeAsk } from './office-script.ts';
import { officeStore } from './office-store.ts';
import { PEOPLE } from './people.ts';
import { resourceAnswers } from './resource-answers.ts';
import { seededRandom } from './seeded-random.ts';
import {
  madeChange,
  shownSubscription,
  type MadeChange,
  type SimulatorControl,
} from './simulator-control.ts';
import { simulatorFaults } from './simulator-faults.ts';
import { simulatorServer } from './simulator-server.ts';
import {
  GRAPH_MANNERS,
  GRAPH_TIMING,
  type SimulatorManners,
  type SimulatorTiming,
} from './simulator-timing.ts';
import { subscriptionCalls } from './subscription-calls.ts';
import { nextChallenge, subscriptionLife } from './subscription-life.ts';
import { validateEndpoint } from './validation-handshake.ts';

export interface GraphSimulatorOptions {
  /** Subscriptions and recent items are kept in `<dataDir>/graph-simulator/`. */
  dataDir: string;
  certificates: LocalCertificates;
  /** Opens `/control`. */
  adminKey: string;
  tenantId: string;
  clientId: string;
  clientSecret: string;
  /** On 127.0.0.1; 0, the default, takes a free one. */
  port?: number;
  /** The same seed in a fresh folder makes the same changes. Default 1. */
  seed?: number;
  /** Default 1; 0 for none. */
  changesPerSecond?: number;
  /** Items of each kind that a mailbox keeps in memory. Default 2,000. */
  keepPerMailbox?: number;
  timing?: Partial<SimulatorTiming>;
  manners?: Partial<SimulatorManners>;
  /** The time that expiries and tokens go by, in milliseconds since 1970. */
  now?: () => number;
  log: Log;
}

export interface GraphSimulator extends SimulatorControl {
  /** Root of Graph, without a version. */
  url: string;
  /** Authority host for `@azure/identity`; instance discovery has to be off. */
  authorityUrl: string;
  /** Looks after expired and unauthorized subscriptions, as happens every second anyway. */
  tick(): Promise<void>;
  /** Resolves when no notification is pending, retries included. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const TICK_MS = 1000;

/** Starts Entra ID and Microsoft Graph, as far as they are simulated, over HTTPS on 127.0.0.1. Rejects when the port is taken. */
export async function startGraphSimulator(options: GraphSimulatorOptions): Promise<GraphSimulator> {
  const { dataDir, tenantId, clientId, seed = 1, log, now = Date.now } = options;
  const timing: SimulatorTiming = { ...GRAPH_TIMING, ...options.timing };
  const manners: SimulatorManners = { ...GRAPH_MANNERS, ...options.manners };
  const folder = join(dataDir, 'graph-simulator');
  let url = '';
  const rootUrl = () => url;

  const faults = simulatorFaults(now);
  const store = officeStore(options.keepPerMailbox ?? 2_000);
  const held = await heldSubscriptions(join(folder, 'subscriptions.json'));
  const { journal, position } = await openOfficeJournal({ store, log }, join(folder, 'office.jsonl'), seed);
  const script = officeScript(
    { store, now, record: (change, at) => journal.write(change, at) },
    seed,
    position,
  );
  /** Chance of its own, so that who is told how does not move what happens; continued, not repeated, after a restart. */
  const chance = (purpose: string) => seededRandom(`${seed}/${purpose}/${position}`);

  const life = subscriptionLife({ held, dispatcher: () => dispatcher, log, now }, tenantId, timing);
  const dispatcher = notificationDispatcher(
    { log, random: chance('retries'), onLost: (items) => life.missed(items) },
    timing,
  );
  const feed = changeFeed({ held, dispatcher, faults, random: chance('manners'), now }, tenantId, manners);
  const challenges = chance('challenges');
  const subscriptions = subscriptionCalls({
    held,
    store,
    faults,
    now,
    rootUrl,
    validate: (endpoint) => validateEndpoint(endpoint, timing.handshakeTimeoutMs),
    challengeAt: (expiresAtMs) => nextChallenge(challenges, timing, now(), expiresAtMs),
  });

  function makeChanges(count: number, ask: ChangeAsk = {}): MadeChange[] | null {
    const made: MadeChange[] = [];
    for (let index = 0; index < count; index++) {
      const change = script.next(ask);
      if (change === null) return null;
      made.push(madeChange(change, feed(change)));
    }
    return made;
  }

  const pace = officePace(makeChanges, options.changesPerSecond ?? 1);
  const control: SimulatorControl = {
    makeChanges,
    faults,
    sendLifecycle: (id, event) => life.send(id, event),
    setPace: (changesPerSecond) => pace.set(changesPerSecond),
    loseSubscription: (id) => held.drop(id),
    state: () => ({
      tenantId,
      clientId,
      seed,
      position: script.position(),
      changesPerSecond: pace.current(),
      users: PEOPLE.map(({ id, displayName, userPrincipalName }) => ({ id, displayName, userPrincipalName })),
      items: store.counts(),
      subscriptions: held.all().map(shownSubscription),
      faults: faults.current(),
      notifications: dispatcher.counts(),
      recentPosts: dispatcher.recent(),
    }),
  };

  const server = await simulatorServer({
    certificates: options.certificates,
    port: options.port ?? 0,
    adminKey: options.adminKey,
    identity: { tenantId, clientId, clientSecret: options.clientSecret },
    tokens: bearerTokens({ clientSecret: options.clientSecret, tenantId, clientId, now }),
    faults,
    subscriptions,
    resources: resourceAnswers({ store, faults, rootUrl }),
    control,
    rootUrl,
    log,
  });
  url = server.url;
  const ticking = setInterval(() => void life.tick(), TICK_MS);

  return {
    ...control,
    url,
    authorityUrl: url,
    tick: () => life.tick(),
    settled: () => dispatcher.settled(),
    close: async () => {
      clearInterval(ticking);
      pace.stop();
      await dispatcher.close();
      await server.close();
      await journal.flushed();
    },
  };
}
