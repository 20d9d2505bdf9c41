import { afterAll, beforeAll } from 'vitest';
import { postgresStore } from '../../src/adapters/postgres/store.ts';
import { startEmbeddedPostgres } from '../../src/local/embedded-postgres/embedded-postgres.ts';
import type { Store } from '../../src/ports/store.ts';
import { silentLog } from '../support/logs.ts';
import { freshFolder } from '../support/services.ts';
import { storeContract } from './store.ts';

let store: Store;
let close: () => Promise<void>;

beforeAll(async () => {
  const folder = await freshFolder();
  const database = await startEmbeddedPostgres(folder.path);
  store = await postgresStore({ url: database.url, connections: 4, log: silentLog });
  close = async () => {
    await store.close();
    await database.close();
    await folder.remove();
  };
});
afterAll(() => close());

storeContract('the embedded database', () => store);
