import { startEmbeddedPostgres } from '../../src/local/embedded-postgres/embedded-postgres.ts';
import {
  describePostgres,
  describeRedis,
  freshDatabase,
  freshFolder,
  redisUrl,
} from '../support/services.ts';
import { queueContract } from './queue.ts';

describeRedis('Queue', () => {
  queueContract('on Redis', async () => ({
    connection: { redisUrl: await redisUrl() },
    dispose: async () => {},
  }));
});

describePostgres('Queue', () => {
  queueContract('on Postgres', async () => {
    const database = await freshDatabase();
    return {
      connection: { postgresUrl: database.url, schema: 'heliograph_queue' },
      dispose: () => database.drop(),
    };
  });
});

queueContract('Queue on the embedded Postgres', async () => {
  const folder = await freshFolder();
  const database = await startEmbeddedPostgres(folder.path);
  return {
    connection: { postgresUrl: database.url, schema: 'public', embedded: true },
    dispose: async () => {
      await database.close();
      await folder.remove();
    },
  };
});
