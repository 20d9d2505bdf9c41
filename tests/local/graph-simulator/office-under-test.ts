import { ClientSecretCredential } from '@azure/identity';
import { Client } from '@microsoft/microsoft-graph-client';
import { onTestFinished } from 'vitest';
import { localCertificates, trustLocalCa } from '../../../src/local/local-ca.ts';
import { LOCAL_CLIENT_ID, LOCAL_TENANT_ID } from '../../../src/local/graph-simulator/local-identity.ts';
import { PERFECT_MANNERS } from '../../../src/local/graph-simulator/simulator-timing.ts';
import {
  startGraphSimulator,
  type GraphSimulator,
  type GraphSimulatorOptions,
} from '../../../src/local/graph-simulator/start-graph-simulator.ts';
import { silentLog } from '../../support/logs.ts';
import { folderOfFile, folderOfTest } from '../../support/temporary-folder.ts';

export const ADMIN_KEY = 'the admin key of the test';
export const CLIENT_SECRET = 'the client secret of the test';
export const TENANT = LOCAL_TENANT_ID;

/** Times short enough to be awaited. */
const QUICK = { collectMs: 5, retryFirstMs: 10, retryMaxMs: 20 };

export interface OfficeUnderTest {
  simulator: GraphSimulator;
  dataDir: string;
  credential: ClientSecretCredential;
  /** Microsoft's client, as anybody would set it up. */
  graph: Client;
  /** A request without any client. `authorized: false` sends no token. */
  request(method: string, path: string, options?: RawRequest): Promise<RawAnswer>;
  /** The same folder, a new process as it were. */
  reopen(options?: Partial<GraphSimulatorOptions>): Promise<OfficeUnderTest>;
}

interface RawRequest {
  body?: unknown;
  headers?: Record<string, string>;
  authorized?: boolean;
}

export interface RawAnswer {
  status: number;
  headers: Headers;
  // The shape is what each test asserts.
  body: Record<string, unknown>;
}

const shared = folderOfFile('graph-simulator-ca').then((folder) => localCertificates(folder));

/** A simulator of its own, without changes of its own and with perfect manners unless told otherwise; closed with the test. */
export async function openOffice(options: Partial<GraphSimulatorOptions> = {}): Promise<OfficeUnderTest> {
  const certificates = await shared;
  trustLocalCa(certificates.caPem);
  const dataDir = options.dataDir ?? (await folderOfTest('graph-simulator'));
  const simulator = await startGraphSimulator({
    certificates,
    adminKey: ADMIN_KEY,
    tenantId: LOCAL_TENANT_ID,
    clientId: LOCAL_CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    changesPerSecond: 0,
    log: silentLog,
    ...options,
    dataDir,
    manners: { ...PERFECT_MANNERS, ...options.manners },
    timing: { ...QUICK, ...options.timing },
  });
  onTestFinished(() => simulator.close());
  const credential = new ClientSecretCredential(LOCAL_TENANT_ID, LOCAL_CLIENT_ID, CLIENT_SECRET, {
    authorityHost: simulator.authorityUrl,
    disableInstanceDiscovery: true,
  });
  const token = async () => (await credential.getToken('https://graph.microsoft.com/.default')).token;
  return {
    simulator,
    dataDir,
    credential,
    graph: Client.initWithMiddleware({
      baseUrl: simulator.url,
      customHosts: new Set(['127.0.0.1']),
      authProvider: { getAccessToken: token },
    }),
    request: async (method, path, { body, headers = {}, authorized = true } = {}) => {
      const authorization: Record<string, string> = authorized
        ? { authorization: `Bearer ${await token()}` }
        : {};
      const response = await fetch(`${simulator.url}${path}`, {
        method,
        headers: { ...authorization, ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      };
    },
    reopen: async (changes = {}) => {
      await simulator.close();
      return openOffice({ ...options, dataDir, ...changes });
    },
  };
}

/** The code and message of Graph's error body. */
export function errorOf(answer: RawAnswer): { status: number; code: string; message: string } {
  const { code, message } = answer.body['error'] as { code: string; message: string };
  return { status: answer.status, code, message };
}
