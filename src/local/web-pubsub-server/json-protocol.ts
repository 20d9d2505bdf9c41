import { isGroupName } from './names.ts';
import { MAX_TTL_SECONDS, type Payload } from './payload.ts';

/*
 * The JSON subprotocols: what a client may say and what it is answered.
 * https://learn.microsoft.com/azure/azure-web-pubsub/reference-json-reliable-webpubsub-subprotocol
 */

export const PLAIN_SUBPROTOCOL = 'json.webpubsub.azure.v1';
export const RELIABLE_SUBPROTOCOL = 'json.reliable.webpubsub.azure.v1';

export type ClientRequest =
  | { type: 'joinGroup' | 'leaveGroup'; group: string; ackId: number | null }
  | {
      type: 'sendToGroup';
      group: string;
      payload: Payload;
      noEcho: boolean;
      ttlSeconds: number;
      ackId: number | null;
    }
  | { type: 'event'; ackId: number | null }
  | { type: 'sequenceAck'; sequenceId: number }
  | { type: 'ping' };

/** Null for whatever is not a request of the subprotocol. */
export function parseRequest(text: string): ClientRequest | null {
  const frame = objectOf(text);
  if (frame === null) return null;
  const { type, group, ackId = null } = frame;
  if (type === 'ping') return { type };
  if (type === 'sequenceAck')
    return isCount(frame['sequenceId']) ? { type, sequenceId: frame['sequenceId'] } : null;
  if (ackId !== null && !isCount(ackId)) return null;
  if (type === 'event') return typeof frame['event'] === 'string' ? { type, ackId } : null;
  if (typeof group !== 'string' || !isGroupName(group)) return null;
  if (type === 'joinGroup' || type === 'leaveGroup') return { type, group, ackId };
  if (type !== 'sendToGroup') return null;
  const { noEcho = false, ttlSeconds = 0, dataType = 'json', data } = frame;
  const payload = payloadOf(dataType, data);
  if (payload === null || typeof noEcho !== 'boolean') return null;
  if (!isCount(ttlSeconds) || ttlSeconds > MAX_TTL_SECONDS) return null;
  return { type, group, payload, noEcho, ttlSeconds, ackId };
}

export function connectedFrame(client: {
  userId: string | null;
  connectionId: string;
  reconnectionToken: string | null;
}): string {
  const { userId, connectionId, reconnectionToken } = client;
  return JSON.stringify({
    type: 'system',
    event: 'connected',
    userId,
    connectionId,
    ...(reconnectionToken === null ? {} : { reconnectionToken }),
  });
}

export function disconnectedFrame(message: string): string {
  return JSON.stringify({ type: 'system', event: 'disconnected', message });
}

export const PONG_FRAME = '{"type":"pong"}';

export interface AckError {
  name: 'Forbidden' | 'Duplicate' | 'InternalServerError';
  message: string;
}

export function ackFrame(ackId: number, error: AckError | null): string {
  return JSON.stringify({
    type: 'ack',
    ackId,
    success: error === null,
    ...(error === null ? {} : { error }),
  });
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : null;
  } catch {
    return null;
  }
}

function payloadOf(dataType: unknown, data: unknown): Payload | null {
  if (dataType === 'json') return data === undefined ? null : jsonPayload(data);
  if (typeof data !== 'string') return null;
  if (dataType === 'text') return { dataType, json: JSON.stringify(data) };
  if (dataType !== 'binary' || !/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return null;
  return { dataType, json: JSON.stringify(data) };
}

/** JSON.stringify is recursive: a megabyte of brackets may be too deep for it, and is nobody's message. */
function jsonPayload(data: unknown): Payload | null {
  try {
    return { dataType: 'json', json: JSON.stringify(data) };
  } catch {
    return null;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
