import { X509Certificate, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tls from 'node:tls';
import selfsigned from 'selfsigned';
import { isObject } from '../core/notification.ts';

/*
 * The stand-ins speak HTTPS, because the real SDKs refuse to send tokens over anything else. Their certificate is signed by a
 * CA made here, for this machine only. The CA's key is thrown away once the leaf is signed: a stolen data folder can pose as
 * localhost and as nothing else.
 */

/** PEM texts: the CA to trust, and the key and certificate a local server shows. */
export interface LocalCertificates {
  caPem: string;
  key: string;
  cert: string;
}

const DAY_MS = 86_400_000;
const LIFETIME_DAYS = 365;
/** Made anew when less than this is left, so that a hub left running for weeks does not outlive its certificate. */
const RENEW_WHEN_LEFT_DAYS = 45;
/** Certificates are dated back, for clocks that a container's host sets back. */
const BACKDATED_MS = 3_600_000;

/**
 * The certificates of the local stand-ins, for `localhost` and `127.0.0.1`, kept in `<dataDir>/local-ca/`: `certificates.json`
 * is what is read again, `ca.pem` is for people (`curl --cacert`). Safe to call from several processes at once.
 */
export async function localCertificates(dataDir: string, nowMs = Date.now()): Promise<LocalCertificates> {
  const folder = join(dataDir, 'local-ca');
  const file = join(folder, 'certificates.json');
  const kept = await readKept(file);
  if (kept !== null && expiryOf(kept) - nowMs > RENEW_WHEN_LEFT_DAYS * DAY_MS) return kept;

  const made = await makeCertificates(nowMs);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const fresh = join(folder, `.${randomUUID()}`);
  await writeFile(fresh, JSON.stringify(made), { mode: 0o600 });
  if (kept !== null) await rename(fresh, file);
  else if (!(await placedFirst(fresh, file))) return await keptByOther(file);
  await writeFile(join(folder, 'ca.pem'), made.caPem, { mode: 0o600 });
  return made;
}

/** Makes this process trust the CA, for every TLS client in it: `fetch`, `node:https`, `ws`. */
export function trustLocalCa(caPem: string): void {
  const trusted = tls.getCACertificates('default');
  const text = caPem.trim();
  if (!trusted.some((pem) => pem.trim() === text)) tls.setDefaultCACertificates([...trusted, caPem]);
}

async function makeCertificates(nowMs: number): Promise<LocalCertificates> {
  const shared = {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - BACKDATED_MS),
    notAfterDate: new Date(nowMs + LIFETIME_DAYS * DAY_MS),
  } as const;
  /** A name of its own: of two trusted CAs with one name OpenSSL tries the first, and calls the other's leaf forged. */
  const name = `Heliograph local CA ${randomUUID()}`;
  const ca = await selfsigned.generate([{ name: 'commonName', value: name }], {
    ...shared,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const leaf = await selfsigned.generate([{ name: 'commonName', value: 'localhost' }], {
    ...shared,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { caPem: ca.cert, key: leaf.private, cert: leaf.cert };
}

/** Null when there is no such file or it holds something else. */
async function readKept(file: string): Promise<LocalCertificates | null> {
  try {
    const kept: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!isObject(kept)) return null;
    const { caPem, key, cert } = kept;
    return typeof caPem === 'string' && typeof key === 'string' && typeof cert === 'string'
      ? { caPem, key, cert }
      : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** False when somebody else was first, and theirs counts. */
async function placedFirst(fresh: string, file: string): Promise<boolean> {
  try {
    await link(fresh, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(fresh);
  }
}

async function keptByOther(file: string): Promise<LocalCertificates> {
  const kept = await readKept(file);
  if (kept === null) throw new Error(`${file} cannot be read as certificates; delete it and start again`);
  return kept;
}

function expiryOf(certificates: LocalCertificates): number {
  return Math.min(
    new X509Certificate(certificates.caPem).validToDate.getTime(),
    new X509Certificate(certificates.cert).validToDate.getTime(),
  );
}
