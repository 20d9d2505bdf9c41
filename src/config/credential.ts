import type { Flaw } from '../core/errors.ts';
import type { Values } from '../config.ts';

/** How the hub signs in to Microsoft. `tenantId` is a GUID in lower case. */
export type GraphCredential =
  | { kind: 'client_secret'; tenantId: string; clientId: string; clientSecret: string }
  | { kind: 'client_certificate'; tenantId: string; clientId: string; certificatePath: string }
  | { kind: 'workload_identity'; tenantId: string; clientId: string; tokenFilePath: string }
  /** `clientId` null: the identity of the machine itself. */
  | { kind: 'managed_identity'; tenantId: string; clientId: string | null };

export type CredentialReading =
  | { status: 'none' }
  | { status: 'whole'; credential: GraphCredential }
  | { status: 'half'; flaws: readonly Flaw[] };

const SIGN_INS = {
  AZURE_CLIENT_SECRET: 'EnvironmentCredential',
  AZURE_CLIENT_CERTIFICATE_PATH: 'EnvironmentCredential',
  AZURE_FEDERATED_TOKEN_FILE: 'WorkloadIdentityCredential',
} as const;
type SignIn = keyof typeof SIGN_INS;

/** Puts the credential together. Half a credential is never completed by a guess. */
export function readCredential(values: Values): CredentialReading {
  const { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_TOKEN_CREDENTIALS: choice } = values;
  const present = (Object.keys(SIGN_INS) as SignIn[]).filter((name) => values[name] !== null);
  if (tenantId === null && clientId === null && choice === null && present.length === 0)
    return { status: 'none' };
  if (choice === 'ManagedIdentityCredential') {
    return tenantId === null
      ? half(
          'AZURE_TENANT_ID',
          `is missing beside AZURE_TOKEN_CREDENTIALS=${choice}. Set the directory (tenant) ID.`,
        )
      : { status: 'whole', credential: { kind: 'managed_identity', tenantId, clientId } };
  }
  const ways = present.filter((name) => choice === null || SIGN_INS[name] === choice);
  const [way, second] = ways;
  if (second !== undefined) {
    const remedy = 'Keep the one to sign in with, or choose with AZURE_TOKEN_CREDENTIALS.';
    return half(second, `is set beside ${way ?? ''}. ${remedy}`);
  }
  return way === undefined ? withoutSignIn(values) : withSignIn(values, way);
}

function half(path: string, message: string): CredentialReading {
  return { status: 'half', flaws: [{ path, message }] };
}

function withoutSignIn(values: Values): CredentialReading {
  if (values.AZURE_TOKEN_CREDENTIALS !== null) {
    const wanted = (Object.keys(SIGN_INS) as SignIn[]).filter(
      (name) => SIGN_INS[name] === values.AZURE_TOKEN_CREDENTIALS,
    );
    return half('AZURE_TOKEN_CREDENTIALS', `asks for ${wanted.join(' or ')}, which is not set. Set it.`);
  }
  const name = values.AZURE_TENANT_ID === null ? 'AZURE_CLIENT_ID' : 'AZURE_TENANT_ID';
  return half(
    name,
    'is only half a credential. Add AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH, AZURE_FEDERATED_TOKEN_FILE or ' +
      'AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential; or remove it to use the simulated Graph of local mode.',
  );
}

function withSignIn(values: Values, way: SignIn): CredentialReading {
  const { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId } = values;
  const value = values[way];
  if (tenantId === null || clientId === null || value === null) {
    const missing = (['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'] as const).filter((name) => values[name] === null);
    const message = `is missing beside ${way}. Set it to the ID that the app registration shows.`;
    return { status: 'half', flaws: missing.map((path) => ({ path, message })) };
  }
  switch (way) {
    case 'AZURE_CLIENT_SECRET':
      return {
        status: 'whole',
        credential: { kind: 'client_secret', tenantId, clientId, clientSecret: value },
      };
    case 'AZURE_CLIENT_CERTIFICATE_PATH':
      return {
        status: 'whole',
        credential: { kind: 'client_certificate', tenantId, clientId, certificatePath: value },
      };
    case 'AZURE_FEDERATED_TOKEN_FILE':
      return {
        status: 'whole',
        credential: { kind: 'workload_identity', tenantId, clientId, tokenFilePath: value },
      };
  }
}
