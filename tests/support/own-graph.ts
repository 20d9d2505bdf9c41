import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCAL_CLIENT_ID, LOCAL_TENANT_ID } from '../../src/local/graph-simulator/local-identity.ts';
import { PERFECT_MANNERS } from '../../src/local/graph-simulator/simulator-timing.ts';
import {
  startGraphSimulator,
  type GraphSimulator,
} from '../../src/local/graph-simulator/start-graph-simulator.ts';
import { localCertificates } from '../../src/local/local-ca.ts';
import type { HubSettings } from './hub-process.ts';
import { silentLog } from './logs.ts';

const CLIENT_SECRET = 'the-secret-of-the-app';

/**
 * A Graph simulator of the caller's own, in this process: it outlives the hubs that use it. It changes nothing by itself and has
 * perfect manners.
 * @returns with the settings of a hub that uses it as its Graph
 */
export async function ownGraph(): Promise<{
  simulator: GraphSimulator;
  settings: HubSettings;
  dispose(): Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'heliograph-graph-'));
  const certificates = await localCertificates(folder);
  const identity = { tenantId: LOCAL_TENANT_ID, clientId: LOCAL_CLIENT_ID, clientSecret: CLIENT_SECRET };
  const simulator = await startGraphSimulator({
    ...identity,
    dataDir: folder,
    certificates,
    adminKey: 'the-admin-key-of-the-simulator',
    changesPerSecond: 0,
    manners: PERFECT_MANNERS,
    log: silentLog,
  });
  return {
    simulator,
    settings: {
      AZURE_TENANT_ID: identity.tenantId,
      AZURE_CLIENT_ID: identity.clientId,
      AZURE_CLIENT_SECRET: identity.clientSecret,
      GRAPH_URL: simulator.url,
      AZURE_AUTHORITY_HOST: simulator.authorityUrl,
      NODE_EXTRA_CA_CERTS: await trustedFile(folder, certificates.caPem),
    },
    dispose: async () => {
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The CA beside those the environment trusts already: there is one such variable, and it may be in use. */
async function trustedFile(folder: string, caPem: string): Promise<string> {
  const inUse = process.env['NODE_EXTRA_CA_CERTS'];
  const others = inUse === undefined ? '' : await readFile(inUse, 'utf8');
  const path = join(folder, 'trusted.pem');
  await writeFile(path, `${others}\n${caPem}`);
  return path;
}
