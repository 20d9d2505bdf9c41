import { readFile, stat, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { localCertificates, trustLocalCa, type LocalCertificates } from '../../src/local/local-ca.ts';
import { folderOfTest } from '../support/temporary-folder.ts';

const DAY_MS = 86_400_000;

/** What fetch gets from a server that shows the leaf. */
async function fetchFrom({ key, cert }: LocalCertificates, host: string): Promise<string> {
  const server = https.createServer({ key, cert }, (_request, response) => response.end('seen'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await (await fetch(`https://${host}:${port}/`)).text();
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a server with the leaf is trusted by fetch once the CA is', async () => {
  const certificates = await localCertificates(await folderOfTest('local-ca'));
  await expect(fetchFrom(certificates, '127.0.0.1')).rejects.toThrow('fetch failed');
  trustLocalCa(certificates.caPem);
  trustLocalCa(certificates.caPem);
  for (const host of ['127.0.0.1', 'localhost']) expect(await fetchFrom(certificates, host)).toBe('seen');
});

test('a process that trusts one local CA can trust another beside it', async () => {
  for (const folder of [await folderOfTest('local-ca'), await folderOfTest('local-ca')]) {
    const certificates = await localCertificates(folder);
    trustLocalCa(certificates.caPem);
    expect(await fetchFrom(certificates, '127.0.0.1')).toBe('seen');
  }
});

test('the same certificates come back, and only their owner can read them', async () => {
  const dataDir = await folderOfTest('local-ca');
  const first = await localCertificates(dataDir);
  expect(await localCertificates(dataDir)).toEqual(first);
  expect(await readFile(join(dataDir, 'local-ca', 'ca.pem'), 'utf8')).toBe(first.caPem);
  const modes = await Promise.all(
    ['', 'certificates.json', 'ca.pem'].map(
      async (name) => (await stat(join(dataDir, 'local-ca', name))).mode & 0o777,
    ),
  );
  expect(modes).toEqual([0o700, 0o600, 0o600]);
});

test('several that start at once agree on one CA', async () => {
  const dataDir = await folderOfTest('local-ca');
  const made = await Promise.all(Array.from({ length: 5 }, () => localCertificates(dataDir)));
  const kept = await localCertificates(dataDir);
  expect(made.map((each) => each.caPem)).toEqual(made.map(() => kept.caPem));
});

test('certificates that are about to expire are made anew', async () => {
  const dataDir = await folderOfTest('local-ca');
  const old = await localCertificates(dataDir, Date.now() - 330 * DAY_MS);
  const renewed = await localCertificates(dataDir);
  expect(renewed.caPem).not.toBe(old.caPem);
  expect(new X509Certificate(renewed.cert).checkIssued(new X509Certificate(renewed.caPem))).toBe(true);
  expect(await localCertificates(dataDir)).toEqual(renewed);
});

test('a file that holds something else is not taken for certificates', async () => {
  const dataDir = await folderOfTest('local-ca');
  await localCertificates(dataDir);
  await writeFile(join(dataDir, 'local-ca', 'certificates.json'), '{"key":1}');
  await expect(localCertificates(dataDir)).rejects.toThrow(/delete it and start again/);
});
