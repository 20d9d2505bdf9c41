import { expect, onTestFinished, test } from 'vitest';
import { checkLog, NO_FLAWS } from '../support/check-log.ts';
import { hubProcess } from '../support/hub-process.ts';
import { loadInWords, startLoad } from '../support/notification-load.ts';
import { ownPostgres } from '../support/own-postgres.ts';
import { productionSettings, SECRET, watchMailboxes } from '../support/production-hub.ts';
import { describePostgres } from '../support/services.ts';
import { testSeed } from '../support/test-seed.ts';
import { until } from '../support/until.ts';

/** What the hub promises, and what a busy machine may add to it. */
const PROMISED_MS = 2_500;
const MARGIN_MS = 500;

describePostgres('a Postgres that hangs', () => {
  test('is a 503 in time, and the hub is well again when it goes on', async () => {
    const seed = testSeed('postgres-hangs');
    const postgres = await ownPostgres();
    onTestFinished(() => postgres.dispose());
    const watches = await watchMailboxes(postgres.url);
    const hub = await hubProcess(productionSettings({ databaseUrl: postgres.url }));
    onTestFinished(() => hub.dispose());
    await hub.start();
    const load = startLoad({ url: hub.url, secret: SECRET, watches, seed });
    await until(() => load.accepted.size > 100);

    await postgres.freeze();
    const frozenAt = Date.now();
    const sinceFrozen = () => load.answers.filter(({ at }) => at >= frozenAt);
    await until(() => sinceFrozen().length >= 6, {
      what: 'answers while Postgres hangs',
      timeoutMs: 15_000,
    });
    const refused = sinceFrozen();
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
    expect(Math.max(...refused.map(({ tookMs }) => tookMs))).toBeLessThan(PROMISED_MS + MARGIN_MS);
    const ready = await fetch(`${hub.url}/readyz`);
    expect(ready.status).toBe(503);
    expect((await fetch(`${hub.url}/healthz`)).status).toBe(200);

    postgres.thaw();
    const thawedAt = Date.now();
    await until(() => load.answers.some(({ at, status }) => at >= thawedAt && status === 202), {
      what: 'a 202 after Postgres went on',
    });
    await load.stop();
    const { flaws } = await checkLog(hub, load);
    expect(flaws).toEqual(NO_FLAWS);
    await hub.allDelivered();
    await until(async () => (await fetch(`${hub.url}/readyz`)).ok);
    process.stdout.write(`postgres-hangs: ${loadInWords(load)}\n`);
  }, 60_000);
});
