import { afterAll, beforeAll, expect, it } from 'vitest';
import { bullQueue } from '../../src/adapters/bullmq/bull-queue.ts';
import { silentLog } from '../support/logs.ts';
import { ownPostgres } from '../support/own-postgres.ts';
import { ownRedis } from '../support/own-redis.ts';
import { describePostgres, describeRedis } from '../support/services.ts';
import { until } from '../support/until.ts';
import { queueOutageContract } from './queue-outage.ts';

describeRedis('Queue', () => {
  queueOutageContract('on a Redis that goes and comes back', async () => {
    const server = await ownRedis();
    return { server, connection: { redisUrl: server.url } };
  });
});

describePostgres('Queue', () => {
  queueOutageContract('on a Postgres that goes and comes back', async () => {
    const server = await ownPostgres();
    return { server, connection: { postgresUrl: server.url, schema: 'heliograph_queue' } };
  });
});

describeRedis('Queue on a Redis that is emptied', () => {
  let server: Awaited<ReturnType<typeof ownRedis>>;
  beforeAll(async () => {
    server = await ownRedis();
  });
  afterAll(() => server.dispose());

  it('hears wakes afterwards, idle or in the middle of a job', async () => {
    const queue = bullQueue({ log: silentLog }, { redisUrl: server.url });
    const finish = new AbortController();
    const runs: string[] = [];
    const runsOf = (id: string) => runs.filter((each) => each === id).length;
    queue.work('process-inbox', 2, async (id) => {
      runs.push(id);
      if (id === 'held' && !finish.signal.aborted)
        await new Promise((resolve) => finish.signal.addEventListener('abort', resolve));
    });
    await queue.wake({ queue: 'process-inbox', id: 'held' });
    await until(() => runsOf('held') === 1);
    await server.flush();
    await queue.wake({ queue: 'process-inbox', id: 'other' });
    await until(() => runsOf('other') === 1);
    finish.abort();
    await queue.wake({ queue: 'process-inbox', id: 'held' });
    await until(() => runsOf('held') === 2);
    await queue.wake({ queue: 'process-inbox', id: 'held' });
    expect(await until(() => runsOf('held') === 3)).toBe(true);
    await queue.close();
  });
});
