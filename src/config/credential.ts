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
const SIGN_IN_NAMES = Object.keys(SIGN_INS) as SignIn[];

/** Each with what the app registration calls it. */
const IDS = {
  AZURE_TENANT_ID: 'the directory (tenant) ID',
  AZURE_CLIENT_ID: 'the application (client) ID of the app registration',
} as const;
type IdName = keyof typeof IDS;
const ID_NAMES = Object.keys(IDS) as IdName[];

/** Puts the credential together. Half a credential is never completed by a guess: all that is missing of it is named. */
export function readCredential(values: Values): CredentialReading {
  const { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_TOKEN_CREDENTIALS: choice } = values;
  const present = SIGN_IN_NAMES.filter((name) => values[name] !== null);
  const given = (['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', ...present] as const).filter(
    (name) => values[name] !== null,
  );
  if (given.length === 0 && choice === null) return { status: 'none' };
  if (choice === 'ManagedIdentityCredential') {
    return tenantId === null
      ? { status: 'half', flaws: [missing('AZURE_TENANT_ID', `AZURE_TOKEN_CREDENTIALS=${choice}`)] }
      : { status: 'whole', credential: { kind: 'managed_identity', tenantId, clientId } };
  }
  const [way, second] = present.filter((name) => choice === null || SIGN_INS[name] === choice);
  if (second !== undefined) {
    const remedy = 'Keep the one to sign in with, or choose with AZURE_TOKEN_CREDENTIALS.';
    return {
      status: 'half',
      flaws: [
        { path: second, message: `is set beside ${way ?? ''}. ${remedy}` },
        ...missingIds(values, given),
      ],
    };
  }
  if (way === undefined)
    return { status: 'half', flaws: [...missingIds(values, given), missingSignIn(choice, given)] };
  return withSignIn(values, way);
}

function missing(name: IdName, beside: string): Flaw {
  return { path: name, message: `is missing beside ${beside}. Set it to ${IDS[name]}.` };
}

/** @param given what is set of a credential, for the message */
function missingIds(values: Values, given: readonly string[]): Flaw[] {
  const beside = given.length === 0 ? 'AZURE_TOKEN_CREDENTIALS' : given.join(' and ');
  return ID_NAMES.filter((name) => values[name] === null).map((name) => missing(name, beside));
}

/** How to sign in is not said, or is said and not set. */
function missingSignIn(choice: Values['AZURE_TOKEN_CREDENTIALS'], given: readonly string[]): Flaw {
  if (choice !== null) {
    const wanted = SIGN_IN_NAMES.filter((name) => SIGN_INS[name] === choice).join(' or ');
    return { path: 'AZURE_TOKEN_CREDENTIALS', message: `asks for ${wanted}, which is not set. Set it.` };
  }
  return {
    path: 'AZURE_CLIENT_SECRET',
    message:
      `is missing beside ${given.join(' and ')}. Set it, or AZURE_CLIENT_CERTIFICATE_PATH (a certificate) or ` +
      'AZURE_FEDERATED_TOKEN_FILE (a workload identity) in its place; a managed identity takes ' +
      'AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential, and a client ID only where it is user-assigned. ' +
      `Or remove ${given.join(' and ')} to use the simulated Graph of local mode.`,
  };
}

function withSignIn(values: Values, way: SignIn): CredentialReading {
  const { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId } = values;
  const value = values[way];
  if (tenantId === null || clientId === null || value === null)
    return { status: 'half', flaws: missingIds(values, [way]) };
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
