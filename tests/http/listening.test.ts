import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { requireFreeAddress } from '../../src/http/listening.ts';

async function taken(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test('an address that is taken is refused with a remedy', async () => {
  const port = await taken();
  await expect(requireFreeAddress({ host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(
      new RegExp(`cannot listen on 127.0.0.1:${port} .*EADDRINUSE.*another PORT`),
    ) as string,
  });
});

test('an address that is not of this machine is refused with a remedy of its own', async () => {
  // Of a block kept for documentation: https://www.rfc-editor.org/rfc/rfc5737
  await expect(requireFreeAddress({ host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringMatching(
      /cannot listen on 192\.0\.2\.1:0 .*Set HOST to an address of this machine/,
    ) as string,
  });
});

test('one that is free is free still after it was looked at', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  server.close();
  await once(server, 'close');
  await requireFreeAddress(at);
  await expect(requireFreeAddress(at)).resolves.toBeUndefined();
});

test('no port in particular is always free', async () => {
  await expect(requireFreeAddress({ host: '127.0.0.1', port: 0 })).resolves.toBeUndefined();
});
