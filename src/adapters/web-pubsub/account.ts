import { Agent } from 'node:http';
import { WebPubSubServiceClient, type WebPubSubServiceClientOptions } from '@azure/web-pubsub';
import type { TokenCredential } from '@azure/identity';
import { HubError, messageOf } from '../../core/errors.ts';

/** Azure Web PubSub by access key or by identity. */
export type WebPubSubAccount =
  | { connectionString: string }
  | { endpoint: string; credential: TokenCredential };

/**
 * The SDK's client for a hub, set up for a caller that keeps its own schedule of retries and writes its own JSON.
 * Throws HubError `configuration`; no message of it holds the access key.
 */
export function clientOf(account: WebPubSubAccount, hub: string): WebPubSubServiceClient {
  const endpoint = endpointOf(account);
  const isInsecure = endpoint.protocol === 'http:';
  if (isInsecure && !isLoopback(endpoint.hostname))
    throw misconfigured(`${endpoint.host} is another machine and needs an https endpoint.`);
  if (isInsecure && 'credential' in account)
    throw misconfigured(
      'An identity is used over https only; give a connection string for a plain http endpoint.',
    );
  const options: WebPubSubServiceClientOptions = {
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy: jsonText, position: 'perCall' }],
    // An agent of its own also keeps a proxy from the environment out of the way to this very machine.
    ...(isInsecure ? { allowInsecureConnection: true, agent: new Agent({ keepAlive: true }) } : {}),
  };
  try {
    return 'credential' in account
      ? new WebPubSubServiceClient(account.endpoint, account.credential, hub, options)
      : new WebPubSubServiceClient(account.connectionString, hub, options);
  } catch (error) {
    throw misconfigured(messageOf(error));
  }
}

/** The SDK sends a string as it is only when it is called plain text; here every text is JSON. */
const jsonText: NonNullable<WebPubSubServiceClientOptions['additionalPolicies']>[number]['policy'] = {
  name: 'jsonText',
  sendRequest(request, next) {
    if (request.headers.get('content-type') === 'text/plain')
      request.headers.set('content-type', 'application/json');
    return next(request);
  },
};

function endpointOf(account: WebPubSubAccount): URL {
  const text =
    'endpoint' in account
      ? account.endpoint
      : (/(?:^|;)endpoint=([^;]*)/i.exec(account.connectionString)?.[1] ?? '');
  // In a connection string the SDK takes a bare host for an https one.
  const isBareHost = !('endpoint' in account) && text !== '' && !text.includes('://');
  const endpoint = URL.parse(isBareHost ? `https://${text}` : text);
  if (endpoint === null || !['http:', 'https:'].includes(endpoint.protocol))
    throw misconfigured('An endpoint such as https://NAME.webpubsub.azure.com is missing.');
  return endpoint;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function misconfigured(message: string): HubError {
  return new HubError(
    'configuration',
    `WEB_PUBSUB_CONNECTION_STRING or WEB_PUBSUB_ENDPOINT cannot be used: ${message}`,
  );
}
