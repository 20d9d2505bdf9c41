import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PEOPLE } from '../../src/local/graph-simulator/people.ts';
import { until } from '../support/until.ts';
import { eventOf, startOfficeHub } from './office-hub.ts';

const [INGRID] = PEOPLE as unknown as [{ id: string }];

test('a hub that has another address than before has its subscriptions moved there', async () => {
  const hub = await startOfficeHub();
  onTestFinished(() => hub.dispose());
  const before = await hub.subscriptions();
  await hub.end('SIGTERM');
  await writeFile(join(hub.folder, '.env'), `PUBLIC_URL=${hub.url.replace('127.0.0.1', 'localhost')}\n`);
  await hub.start();
  await until(async () => {
    const now = await hub.subscriptions();
    return now.every(({ key, status, graphId }) => {
      const was = before.find((each) => each.key === key);
      return status === 'active' && graphId !== was?.graphId;
    });
  });
  for (const { notificationUrl } of await hub.office.subscriptions())
    expect(new URL(notificationUrl).hostname).toBe('localhost');
  expect((await hub.readEvents()).filter(({ type }) => type === 'heliograph.gap')).toHaveLength(
    before.length,
  );
  await eventOf(hub, await hub.office.change({ kind: 'mail', user: INGRID.id }));
}, 60_000);
