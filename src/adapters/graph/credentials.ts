import {
  ClientCertificateCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  WorkloadIdentityCredential,
  type TokenCredential,
} from '@azure/identity';
import { CLOUD_ENDPOINTS } from '../../core/graph-cloud.ts';

/** How the hub signs in to one tenant. `clientId` null: the identity of the machine itself. */
export type TenantCredentialSettings =
  | { kind: 'client_secret'; tenantId: string; clientId: string; clientSecret: string }
  | { kind: 'client_certificate'; tenantId: string; clientId: string; certificatePath: string }
  | { kind: 'workload_identity'; tenantId: string; clientId: string; tokenFilePath: string }
  | { kind: 'managed_identity'; tenantId: string; clientId: string | null };

/**
 * The credential of `@azure/identity` that these settings mean. Nothing is asked of the authority yet.
 * It does not try again by itself: when to try again is decided where it can be seen.
 * @param authorityHost the root of the login authority, https; one that is no cloud's own is taken as it is, without asking
 *   Microsoft about it
 */
export function tenantCredential(settings: TenantCredentialSettings, authorityHost: string): TokenCredential {
  const retryOptions = { maxRetries: 0 };
  const options = { authorityHost, disableInstanceDiscovery: !isOfACloud(authorityHost), retryOptions };
  switch (settings.kind) {
    case 'client_secret':
      return new ClientSecretCredential(settings.tenantId, settings.clientId, settings.clientSecret, options);
    case 'client_certificate':
      return new ClientCertificateCredential(
        settings.tenantId,
        settings.clientId,
        { certificatePath: settings.certificatePath },
        { ...options, sendCertificateChain: true },
      );
    case 'workload_identity':
      return new WorkloadIdentityCredential({
        tenantId: settings.tenantId,
        clientId: settings.clientId,
        tokenFilePath: settings.tokenFilePath,
        ...options,
      });
    case 'managed_identity':
      return new ManagedIdentityCredential({
        ...(settings.clientId !== null && { clientId: settings.clientId }),
        retryOptions,
      });
  }
}

function isOfACloud(authorityHost: string): boolean {
  const host = URL.parse(authorityHost)?.host;
  return Object.values(CLOUD_ENDPOINTS).some(({ authority }) => new URL(authority).host === host);
}
