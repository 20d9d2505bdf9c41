import { expect, onTestFinished, test } from 'vitest';
import { inTransaction, openPool, query } from '../../../src/adapters/postgres/pool.ts';
import { silentLog } from '../../support/logs.ts';
import { ownPostgres } from '../../support/own-postgres.ts';
import { describePostgres } from '../../support/services.ts';
import { until } from '../../support/until.ts';

describePostgres('the pool', () => {
  test('a Postgres that is killed in a transaction fails that and not the process', async () => {
    const postgres = await ownPostgres({ durable: false });
    onTestFinished(() => postgres.dispose());
    const pool = openPool({ url: postgres.url, max: 2, timeoutMs: 10_000, log: silentLog });
    onTestFinished(() => pool.end());

    const failed = inTransaction(pool, (client) => client.query('select pg_sleep(60)')).then(
      () => null,
      (error: unknown) => error,
    );
    await until(async () => {
      const sleeping = `select from pg_stat_activity where state = 'active' and query like 'select pg_sleep%'`;
      return (await query(pool, sleeping)).length > 0;
    });
    await postgres.crash();
    expect(await failed).toMatchObject({ code: 'store_unavailable' });

    await postgres.start();
    expect(await inTransaction(pool, async (client) => (await client.query('select 1 as one')).rows)).toEqual(
      [{ one: 1 }],
    );
  });
});
