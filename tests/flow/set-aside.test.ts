import { expect, onTestFinished, test } from 'vitest';
import { formatMasterKey } from '../../src/core/secrets.ts';
import { clientStateSecret } from '../../src/core/client-state.ts';
import { LOCAL_TENANT_ID } from '../../src/local/graph-simulator/local-identity.ts';
import { notificationOf, postNotifications } from '../support/notification-load.ts';
import { watchMailbox } from '../support/production-hub.ts';
import { describePostgres, describeRedis } from '../support/services.ts';
import { until } from '../support/until.ts';
import { postgresAndRedis, startOfficeHub } from './office-hub.ts';

const MASTER_KEY = Buffer.alloc(32, 5);

describePostgres('what was set aside', () => {
  describeRedis('on Postgres and Redis', () => {
    test('is listed with its reason, and becomes an event when its cause is gone and it is run again', async () => {
      const behind = await postgresAndRedis();
      onTestFinished(() => behind.drop());
      const hub = await startOfficeHub({ ...behind.settings, SECRETS_KEY: formatMasterKey(MASTER_KEY) });
      onTestFinished(() => hub.dispose());
      const unknown = {
        key: 'nobodyknowsthiskeyyet',
        graphId: '5f0c1d7e-0000-4000-8000-00000000000a',
        tenant: LOCAL_TENANT_ID,
        user: '5f0c1d7e-0000-4000-8000-00000000000b',
      };
      const notification = notificationOf(clientStateSecret(MASTER_KEY), unknown, 'AAMkA', 'W/"1"');
      expect(await postNotifications(hub.url, [notification])).toBe(202);

      const listed = await until(async () => {
        const run = await hub.cli('set-aside', 'list');
        return run.out.includes(unknown.key) ? run : null;
      });
      expect(listed.out).toMatch(/nobodyknowsthiskeyyet.*unknown_subscription/);
      expect(await hub.cli('set-aside', 'run')).toMatchObject({
        code: 0,
        out: '1 put back into the inbox.\n',
      });
      await until(async () => (await hub.cli('set-aside', 'list')).out.includes(unknown.key));
      expect(await hub.readEvents()).toEqual([]);

      await watchMailbox(behind.settings['DATABASE_URL'] ?? '', unknown);
      expect(await hub.cli('set-aside', 'run')).toMatchObject({ code: 0 });
      const [event] = await until(async () => {
        const events = await hub.readEvents();
        return events.length > 0 ? events : null;
      });
      expect(event).toMatchObject({
        subject: `users/${unknown.user}/messages/AAMkA`,
        subscriptionkey: unknown.key,
      });
      expect((await hub.cli('set-aside', 'list')).out).toContain('Nothing is set aside');
    }, 60_000);
  });
});
