import { afterAll, beforeAll } from 'vitest';
import { postgresStore } from '../../src/adapters/postgres/store.ts';
import type { Store } from '../../src/ports/store.ts';
import { silentLog } from '../support/logs.ts';
import { describePostgres, freshDatabase } from '../support/services.ts';
import { storeContract } from './store.ts';

describePostgres('a real Postgres', () => {
  let store: Store;
  let database: Awaited<ReturnType<typeof freshDatabase>>;

  beforeAll(async () => {
    database = await freshDatabase();
    store = await postgresStore({ url: database.url, log: silentLog });
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  storeContract('Postgres', () => store);
});
