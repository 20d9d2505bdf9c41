import { WebPubSubClient, WebPubSubJsonReliableProtocol } from '@azure/web-pubsub-client';
import { PING_MS, type ClientEvents, type RealtimeClient } from './realtime-socket.ts';

/** The SDK's client on the reliable protocol, wrapped so that every frame is heard. */
export function webPubSub(events: ClientEvents): RealtimeClient {
  const protocol = WebPubSubJsonReliableProtocol();
  const client = new WebPubSubClient(
    { getClientAccessUrl: () => events.clientUrl() },
    {
      protocol: {
        name: protocol.name,
        isReliableSubProtocol: protocol.isReliableSubProtocol,
        parseMessages(input) {
          events.frame();
          return protocol.parseMessages(input);
        },
        writeMessage: (message) => protocol.writeMessage(message),
      },
      keepAliveIntervalInMs: PING_MS,
      keepAliveTimeoutInMs: 10 * PING_MS,
      // A dropped connection is recovered all the same; only what cannot be is left to us, with our own patience.
      autoReconnect: false,
    },
  );
  client.on('connected', () => events.connected());
  client.on('disconnected', () => events.disconnected());
  client.on('group-message', ({ message }) => events.message(message.data));
  client.on('server-message', ({ message }) => events.message(message.data));
  return client;
}
