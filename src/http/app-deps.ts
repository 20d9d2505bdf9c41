import type { FastifyBaseLogger } from 'fastify';
import type { HubRole } from '../core/role.ts';
import type { Clock } from '../ports/clock.ts';
import type { GraphApi } from '../ports/graph-api.ts';
import type { Queue } from '../ports/queue.ts';
import type { RealtimeChannel } from '../ports/realtime-channel.ts';
import type { SignedTokens } from '../ports/signed-tokens.ts';
import type { Store } from '../ports/store.ts';
import type { CreateOutcome, SubscriptionWish } from '../steps/keep-alive/create-subscription.ts';
import type { DeleteOutcome } from '../steps/keep-alive/delete-subscription.ts';
import type { ReceiveOutcome } from '../steps/receive/receive-notifications.ts';
import type { renewDue } from '../steps/keep-alive/renew-due.ts';
import type { RenewOutcome } from '../steps/keep-alive/renew-subscription.ts';
import type { Outages } from './outages.ts';
import type { LogTail } from './log-tail.ts';
import type { HubMetrics } from './metrics.ts';

/** What the HTTP app needs of the hub: slivers of the ports, and the steps with their own deps bound. */
export interface AppDeps {
  /** What this process serves: `receiver` the Graph endpoints, `api` the API and the dashboard, any of them health and metrics. */
  roles: readonly HubRole[];
  mode: 'local' | 'production';
  version: string;
  /** What is embedded, simulated or generated here. */
  standIns: readonly { for: string; what: string }[];
  /** Base of this hub's own address; https makes the session cookie Secure. */
  publicUrl: string;
  clock: Clock;
  log: FastifyBaseLogger;
  store: Pick<
    Store,
    | 'ping'
    | 'listApiKeys'
    | 'readEvents'
    | 'findEvent'
    | 'logHead'
    | 'listDestinations'
    | 'findParked'
    | 'grantGroups'
    | 'findWatches'
    | 'findSubscription'
    | 'listSubscriptions'
    | 'patchSubscription'
    | 'countSubscriptions'
    | 'listSetAside'
    | 'runSetAside'
    | 'discardSetAside'
    | 'inboxDepth'
  >;
  queue: Pick<Queue, 'ping' | 'wake'>;
  graph: Pick<GraphApi, 'tenants'>;
  realtime: Pick<RealtimeChannel, 'clientUrl' | 'ping'>;
  steps: HttpSteps;
  /** Purpose `session`. */
  sessionTokens: SignedTokens;
  /** Purpose `negotiated-token`. */
  negotiatedTokens: SignedTokens;
  /** One-time codes, and the name of the key a session made by one belongs to. Null: there are none. */
  signIn: { codes: { redeem(code: string): boolean }; keyName: string } | null;
  /** Where streams wait for the log to grow; call its `nudge` when this process appended. */
  tail: LogTail;
  metrics: HubMetrics;
  /** Told of every 503. */
  outages: Pick<Outages, 'refused'>;
  metricsToken: string | null;
  corsOrigins: readonly string[];
  /** Origins (ws: or wss:) a dashboard of this hub connects to. */
  realtimeOrigins: readonly string[];
  /** The built dashboard, `webapp/dist`. */
  dashboardDir: string;
  /** Failed credentials of one address in a minute before it is told to wait. */
  failuresPerMinute?: number;
}

interface HttpSteps {
  receiveNotifications(text: string): Promise<ReceiveOutcome>;
  createSubscription(wish: SubscriptionWish): Promise<CreateOutcome>;
  renewSubscription(key: string): Promise<RenewOutcome>;
  renewDue(): ReturnType<typeof renewDue>;
  deleteSubscription(key: string): Promise<DeleteOutcome>;
}
