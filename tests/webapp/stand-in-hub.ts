import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { WebPubSubServiceClient } from '@azure/web-pubsub';
import type { FastifyInstance } from 'fastify';
import type { CloudEvent } from '../../src/core/event.ts';
import type { Readiness } from '../../src/http/schemas/health.ts';
import type { SetAsideItem } from '../../src/http/schemas/set-aside.ts';
import type { Subscription } from '../../src/http/schemas/subscriptions.ts';
import {
  startWebPubSubServer,
  type WebPubSubServer,
} from '../../src/local/web-pubsub-server/start-web-pubsub-server.ts';
import { silentLog } from '../support/logs.ts';
import { officeEvent, TENANT } from './office-events.ts';
import { officeSubscriptions } from './office-subscriptions.ts';
import { standInApp } from './stand-in-app.ts';

/*
 * What the dashboard sees of a hub: the built pages, the API from memory, a real local Web PubSub server. Its answers have the
 * shapes of the hub's schemas; what happens in it the test says.
 */

export interface StandInHub {
  url: string;
  /** Signs in once. */
  signInCode: string;
  log: CloudEvent[];
  /** The log begins after this sequence; what is older is gone. */
  forgottenTo: number;
  subscriptions: Subscription[];
  setAside: SetAsideItem[];
  readiness: Readiness;
  /** Every request so far, as `GET /path?query`. */
  requests: string[];
  /** Tokens of those who are signed in. */
  sessions: Set<string>;
  /** While true, only the pages are answered, as by a proxy whose hub is gone. */
  mute: boolean;
  ttlMinutes: number;
  /** Negotiation fails while this is false. */
  grants: boolean;
  /** Appends so many events and, unless told otherwise, sends them as one message. */
  append(events: number, sent?: 'sent' | 'unsent'): Promise<CloudEvent[]>;
  pubsub(): WebPubSubServer;
  /** Ends the Web PubSub server, and starts another where it was: nothing can be recovered then. */
  stopPubSub(): Promise<void>;
  startPubSub(): Promise<void>;
  /** Ends as its process would, with its Web PubSub server; and comes back at the same address. */
  stop(): Promise<void>;
  startAgain(): Promise<void>;
  /** All sessions end. */
  endSessions(): void;
  close(): Promise<void>;
}

/** @param dir the built dashboard */
export async function startStandInHub(events = 0, dir = resolve('webapp/dist')): Promise<StandInHub> {
  const accessKey = randomBytes(32).toString('base64');
  let pubsub = await startWebPubSubServer({ accessKey, log: silentLog });
  const { port, connectionString } = pubsub;
  const service = new WebPubSubServiceClient(connectionString, 'heliograph', {
    allowInsecureConnection: true,
  });
  let app: FastifyInstance;
  const startedMs = Date.now();

  const hub: StandInHub = {
    url: '',
    signInCode: 'one-time-code',
    log: Array.from({ length: events }, (_, index) =>
      officeEvent(index + 1, startedMs - (events - index) * 1_300),
    ),
    forgottenTo: 0,
    subscriptions: officeSubscriptions(startedMs),
    setAside: [],
    readiness: {
      status: 'ready',
      mode: 'local',
      version: '0.1.0',
      standIns: [
        { for: 'Microsoft Graph', what: 'a simulator with a made-up office' },
        { for: 'Postgres', what: 'embedded, in .heliograph' },
        { for: 'Web PubSub', what: 'a local server' },
      ],
      dependencies: { postgres: { ok: true }, queue: { ok: true } },
    },
    requests: [],
    sessions: new Set(),
    mute: false,
    ttlMinutes: 60,
    grants: true,
    async append(count, sent = 'sent') {
      const from = hub.log.length;
      const fresh = Array.from({ length: count }, (_, index) => officeEvent(from + index + 1, Date.now()));
      hub.log.push(...fresh);
      if (sent === 'sent') await service.group(`tenant.${TENANT}`).sendToAll({ events: fresh });
      return fresh;
    },
    pubsub: () => pubsub,
    stopPubSub: () => pubsub.close(),
    async startPubSub() {
      pubsub = await startWebPubSubServer({ accessKey, log: silentLog, port });
    },
    async stop() {
      await app.close();
      await pubsub.close();
    },
    async startAgain() {
      await hub.startPubSub();
      await listen(Number(new URL(hub.url).port));
    },
    endSessions: () => hub.sessions.clear(),
    close: () => hub.stop(),
  };

  async function listen(port: number): Promise<void> {
    app = await standInApp(hub, dir, async (groups) => {
      const minutes = hub.ttlMinutes;
      return (await service.getClientAccessToken({ groups, expirationTimeInMinutes: minutes })).url;
    });
    hub.url = await app.listen({ host: '127.0.0.1', port });
  }

  await listen(0);
  return hub;
}
