import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { bullQueue } from '../../../src/adapters/bullmq/bull-queue.ts';
import { silentLog } from '../../support/logs.ts';
import { describePostgres, freshDatabase } from '../../support/services.ts';
import { until } from '../../support/until.ts';

describePostgres('a queue on Postgres', () => {
  test('that is closed while it makes its tables has no connection left, which would fail later', async () => {
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    const asker = new Client({ connectionString: database.url });
    await asker.connect();
    onTestFinished(() => asker.end());

    const queue = bullQueue({ log: silentLog }, { postgresUrl: database.url, schema: 'heliograph_queue' });
    await queue.close();
    const others =
      'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
    expect(await until(async () => (await asker.query(others)).rows.length === 0)).toBe(true);
  });
});
