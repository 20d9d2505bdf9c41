import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { isObject } from '../../core/notification.ts';
import { localCertificates, trustLocalCa } from '../local-ca.ts';
import { writeFileAtomic } from './atomic-file.ts';
import { LOCAL_CLIENT_ID, LOCAL_TENANT_ID } from './local-identity.ts';
import { PERFECT_MANNERS } from './simulator-timing.ts';
import { startGraphSimulator } from './start-graph-simulator.ts';

/*
 * The simulator by itself, for benches and for whoever wants only that. One line of JSON on stdout says that it is ready and
 * where; its log goes to stderr. Ends on SIGTERM and SIGINT.
 */

const USAGE = `node src/local/graph-simulator/main.ts [options]
  --data-dir PATH             where it keeps what outlives a restart   (.heliograph)
  --port N                    on 127.0.0.1                             (a free one)
  --seed N                    which course of events                   (1)
  --changes-per-second N      0 for none                               (1)
  --keep-per-mailbox N        items of a kind kept in memory           (2000)
  --perfect                   notifications once, complete, in order
  --tenant-id, --client-id    of the one app registration              (the local office's)
  --client-secret, --admin-key                                         (kept in PATH/graph-simulator/keys.json)
  --log-level LEVEL                                                    (warn)`;

const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string', default: '.heliograph' },
    port: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    'changes-per-second': { type: 'string', default: '1' },
    'keep-per-mailbox': { type: 'string', default: '2000' },
    perfect: { type: 'boolean', default: false },
    'tenant-id': { type: 'string', default: LOCAL_TENANT_ID },
    'client-id': { type: 'string', default: LOCAL_CLIENT_ID },
    'client-secret': { type: 'string' },
    'admin-key': { type: 'string' },
    'log-level': { type: 'string', default: 'warn' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}

const dataDir = values['data-dir'];
await mkdir(dataDir, { recursive: true, mode: 0o700 });
const certificates = await localCertificates(dataDir);
trustLocalCa(certificates.caPem);
const keysFile = join(dataDir, 'graph-simulator', 'keys.json');
const keys = await keptKeys(keysFile);

const simulator = await startGraphSimulator({
  dataDir,
  certificates,
  tenantId: values['tenant-id'],
  clientId: values['client-id'],
  clientSecret: values['client-secret'] ?? keys.clientSecret,
  adminKey: values['admin-key'] ?? keys.adminKey,
  port: wholeNumber('port'),
  seed: wholeNumber('seed'),
  changesPerSecond: wholeNumber('changes-per-second'),
  keepPerMailbox: wholeNumber('keep-per-mailbox'),
  ...(values.perfect && { manners: PERFECT_MANNERS }),
  log: pino({ level: values['log-level'] }, pino.destination(2)),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => void simulator.close().then(() => process.exit(0)));

const { url, authorityUrl } = simulator;
const ready = {
  url,
  authorityUrl,
  tenantId: values['tenant-id'],
  clientId: values['client-id'],
  caFile: join(dataDir, 'local-ca', 'ca.pem'),
  keysFile,
};
process.stdout.write(`${JSON.stringify(ready)}\n`);

function wholeNumber(name: 'port' | 'seed' | 'changes-per-second' | 'keep-per-mailbox'): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 0) return value;
  process.stderr.write(`--${name} has to be a whole number\n${USAGE}\n`);
  process.exit(2);
}

/** Secrets for whoever names none, made once; they are read from the file rather than printed. */
async function keptKeys(path: string): Promise<{ clientSecret: string; adminKey: string }> {
  const kept: unknown = JSON.parse(await readFile(path, 'utf8').catch(() => '{}'));
  if (isObject(kept) && typeof kept['clientSecret'] === 'string' && typeof kept['adminKey'] === 'string')
    return { clientSecret: kept['clientSecret'], adminKey: kept['adminKey'] };
  const made = {
    clientSecret: randomBytes(24).toString('base64url'),
    adminKey: randomBytes(24).toString('base64url'),
  };
  await writeFileAtomic(path, JSON.stringify(made));
  return made;
}
