import type { WebSocketServer, WebSocket } from 'ws';

/** Well under the minute or two that proxies commonly allow an idle connection. */
const PING_INTERVAL_MS = 30_000;

/**
 * Pings every socket and cuts those that did not answer the last ping, so that a half-open socket becomes a lost one.
 * @returns how to stop it
 */
export function keepAlive(
  websockets: Pick<WebSocketServer, 'clients'>,
  intervalMs = PING_INTERVAL_MS,
): () => void {
  const silent = new WeakSet<WebSocket>();
  const timer = setInterval(() => {
    for (const websocket of websockets.clients) {
      if (silent.has(websocket)) {
        websocket.terminate();
        continue;
      }
      silent.add(websocket);
      websocket.once('pong', () => silent.delete(websocket));
      websocket.ping();
    }
  }, intervalMs);
  return () => clearInterval(timer);
}
