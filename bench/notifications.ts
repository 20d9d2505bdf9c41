import { clientStateSecret, makeClientState } from '../src/core/client-state.ts';
import { LOCAL_TENANT_ID } from '../src/local/graph-simulator/local-identity.ts';
import { SECRETS_KEY } from './hub-process.ts';

/** What a notification needs to be believed. */
export interface Watched {
  key: string;
  graphId: string;
  user: string;
}

/**
 * A post as Graph sends it. `id` makes the version of each item its own.
 * @param messages the messages it speaks of, one item each
 */
export function postOf(watched: Watched, id: string, messages: readonly string[]): string {
  const clientState = makeClientState(clientStateSecret(Buffer.from(SECRETS_KEY, 'base64')), watched.key);
  const value = messages.map((message, index) => ({
    subscriptionId: watched.graphId,
    subscriptionExpirationDateTime: '2036-12-06T18:30:00.0000000Z',
    changeType: 'updated',
    resource: `Users/${watched.user}/Messages/${message}`,
    resourceData: {
      '@odata.type': '#Microsoft.Graph.Message',
      '@odata.id': `Users/${watched.user}/Messages/${message}`,
      '@odata.etag': `W/"CQAAABYAAAAiIsqMbYjsT5e/T7KzowPTAAAYbvZo${id}-${index}"`,
      id: message,
    },
    clientState,
    tenantId: LOCAL_TENANT_ID,
  }));
  return JSON.stringify({ value });
}
