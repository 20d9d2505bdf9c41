import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { generate } from 'selfsigned';
import { expect, it } from 'vitest';
import { bullQueue } from '../../../src/adapters/bullmq/bull-queue.ts';
import { silentLog } from '../../support/logs.ts';
import { ownRedis } from '../../support/own-redis.ts';
import { describeRedis } from '../../support/services.ts';
import { until } from '../../support/until.ts';

/** A wake that is run: the URL was understood by producers and workers alike. */
async function worksWith(redisUrl: string): Promise<boolean> {
  const queue = bullQueue({ log: silentLog }, { redisUrl });
  const runs: string[] = [];
  queue.work('process-inbox', 1, async (id) => {
    runs.push(id);
  });
  await queue.wake({ queue: 'process-inbox', id: 'one' });
  await until(() => runs.includes('one'));
  await queue.wake({ queue: 'process-inbox', id: 'two' }, { delayMs: 50 });
  await until(() => runs.includes('two'));
  await queue.close();
  return true;
}

describeRedis('A Redis URL', () => {
  it('may name a cluster, by a parameter or by a list', async () => {
    const server = await ownRedis({ cluster: true });
    expect(await worksWith(`${server.url}?cluster=true`)).toBe(true);
    expect(await worksWith(`${server.url}, ${server.url}`)).toBe(true);
    await server.dispose();
  });

  it('may ask for TLS, with user and password', async () => {
    const server = await ownRedis();
    await server.command('ACL SETUSER hub on >p@ss/word ~* &* +@all');
    await server.command('ACL SETUSER default off');
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
      keySize: 2048,
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    const port = Number(new URL(server.url).port);
    const front = tls.createServer({ key, cert }, (socket) => {
      const behind = connect(port, '127.0.0.1');
      for (const end of [socket, behind]) end.on('error', () => end.destroy()); // The other end then closes too.
      socket.pipe(behind).pipe(socket);
    });
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), cert]);
    const { port: tlsPort } = front.address() as AddressInfo;
    expect(await worksWith(`rediss://hub:p%40ss%2Fword@localhost:${tlsPort}/0`)).toBe(true);
    front.close();
    await server.dispose();
  });

  it('that is not let in is an outage with its reason, and without the password', async () => {
    const server = await ownRedis();
    await server.command('CONFIG SET requirepass right');
    const queue = bullQueue({ log: silentLog }, { redisUrl: server.url.replace('//', '//:wrong-one@') });
    const error = await queue.wake({ queue: 'process-inbox', id: 'one' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'queue_unavailable',
      message: expect.not.stringContaining('wrong-one'),
    });
    await queue.close();
    await server.dispose();
  });
});
