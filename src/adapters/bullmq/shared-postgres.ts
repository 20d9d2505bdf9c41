import { setTimeout as pause } from 'node:timers/promises';
import { PostgresConnection, PostgresQueueBackend } from 'bullmq';

/*
 * BullMQ's own factory makes a pool and a listening client for each queue and worker. Here all of a process share one connection:
 * the embedded database, one session, would have to serve all those in turns.
 */

/** An idle worker asks by itself after so long, in seconds: for what no NOTIFY told it. */
export const DRAIN_DELAY_S = 2;
/** BullMQ asks again at once after an error that is not a refused connection: a Postgres that starts up would be flooded. */
const CALM_MS = 250;

type ListenClient = Awaited<ReturnType<PostgresConnection['getListenClient']>>;

/** All workers LISTEN on one client, each as it begins to wait: here in turns, because `pg` wants one query of a client at a time. */
export class SharedConnection extends PostgresConnection {
  private readonly inTurns = new WeakSet<ListenClient>();

  override async getListenClient(): Promise<ListenClient> {
    const client = await super.getListenClient();
    if (this.inTurns.has(client)) return client;
    this.inTurns.add(client);
    const query = client.query.bind(client);
    let last: Promise<unknown> = Promise.resolve();
    client.query = (text, params) => {
      const run = last.then(() => query(text, params));
      last = run.catch(() => {}); // Its caller is told; the next one has its own turn.
      return run;
    };
    return client;
  }
}

/** One queue's place in Postgres, on the shared connection. */
export class SharedBackend extends PostgresQueueBackend {
  private stopped = false;

  /** After an error BullMQ waits for as long as this, an hour by default, trusting a NOTIFY to end it. */
  override get maximumBlockTimeout(): number {
    return DRAIN_DELAY_S;
  }

  override async moveToActive(
    token: string,
    name?: string,
  ): ReturnType<PostgresQueueBackend['moveToActive']> {
    try {
      return await super.moveToActive(token, name);
    } catch (error) {
      await pause(CALM_MS);
      throw error;
    }
  }

  override async disconnectBlocking(wait?: boolean): Promise<void> {
    this.stopped = true;
    await super.disconnectBlocking(wait);
  }

  /** Ends the present wait for jobs; the next one LISTENs anew. */
  async interrupt(): Promise<void> {
    if (this.stopped) return;
    await super.disconnectBlocking();
    await super.reconnectBlocking();
  }
}
