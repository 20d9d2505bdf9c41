import type { Connection } from './connection.ts';
import { deliverTo } from './connections.ts';
import { parseFilter, type Filter } from './filter.ts';
import { messageFromGroup, messageFromServer, type OutboundMessage } from './outbound-message.ts';
import { MAX_TTL_SECONDS, payloadOfBody, type Payload } from './payload.ts';
import { ACCEPTED, badRequest, countOf, refusal, type RestAnswer, type RestCall } from './rest-call.ts';

/* The sends. One to nobody succeeds: who is connected is no business of the sender's. */

export function sendToAll(call: RestCall): RestAnswer {
  return send(call, call.connections.inHub(call.hub), messageFromServer);
}

export function sendToGroup(call: RestCall): RestAnswer {
  return send(call, call.connections.inGroup(call.hub, call.group), (payload, ttlSeconds) =>
    messageFromGroup(call.group, null, payload, ttlSeconds),
  );
}

export function sendToUser(call: RestCall): RestAnswer {
  return send(call, call.connections.ofUser(call.hub, call.userId), messageFromServer);
}

export function sendToConnection(call: RestCall): RestAnswer {
  const connection = call.connections.find(call.hub, call.connectionId);
  return send(call, connection === null ? [] : [connection], messageFromServer);
}

function send(
  call: RestCall,
  receivers: Iterable<Connection>,
  messageOf: (payload: Payload, ttlSeconds: number) => OutboundMessage,
): RestAnswer {
  const ttlSeconds = countOf(call.query, 'messageTtlSeconds', { min: 0, max: MAX_TTL_SECONDS, fallback: 0 });
  if (ttlSeconds === null) return badRequest(`messageTtlSeconds has to be 0 to ${MAX_TTL_SECONDS}.`);
  const filter = filterOf(call.query.get('filter'));
  if (typeof filter === 'string') return badRequest(filter);
  const check = payloadOfBody(call.contentType, call.body);
  switch (check.status) {
    case 'unsupported_media_type':
      return refusal(
        415,
        'UnsupportedMediaType',
        'Send application/json, text/plain or application/octet-stream.',
      );
    case 'malformed':
      return badRequest(check.message);
    case 'payload': {
      const excluded = new Set(call.query.getAll('excluded'));
      deliverTo(receivers, messageOf(check.payload, ttlSeconds), { excluded, filter });
      return ACCEPTED;
    }
  }
}

/** @returns what is wrong with it, when it is a string */
export function filterOf(text: string | null): Filter | null | string {
  if (text === null || text.trim() === '') return null;
  const check = parseFilter(text);
  return check.status === 'filter' ? check.filter : check.message;
}
