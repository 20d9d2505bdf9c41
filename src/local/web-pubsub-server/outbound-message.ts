import type { Payload } from './payload.ts';

/*
 * A message on its way to clients is serialised once, however many get it and by whichever subprotocol: the reliable one
 * differs from the plain one by a sequence id of the connection's own, which is written in front of the shared bytes.
 */

export interface OutboundMessage {
  /** The frame of `json.webpubsub.azure.v1`: a JSON object in UTF-8. */
  frame: Buffer;
  /** Milliseconds since 1970 after which it is no longer worth sending; Infinity for no end. */
  expiresAtMs: number;
}

/** @param ttlSeconds 0 for no end */
export function messageFromServer(payload: Payload, ttlSeconds: number): OutboundMessage {
  return outbound('"from":"server"', payload, ttlSeconds);
}

/** @param fromUserId who sent it; null for the REST API and for clients without a user */
export function messageFromGroup(
  group: string,
  fromUserId: string | null,
  payload: Payload,
  ttlSeconds: number,
): OutboundMessage {
  const sender = fromUserId === null ? '' : `,"fromUserId":${JSON.stringify(fromUserId)}`;
  return outbound(`"from":"group","group":${JSON.stringify(group)}${sender}`, payload, ttlSeconds);
}

/** The frame of `json.reliable.webpubsub.azure.v1`. */
export function reliableFrame(message: OutboundMessage, sequenceId: number): Buffer {
  return Buffer.concat([Buffer.from(`{"sequenceId":${sequenceId},`), message.frame.subarray(1)]);
}

function outbound(origin: string, payload: Payload, ttlSeconds: number): OutboundMessage {
  const { dataType, json } = payload;
  return {
    frame: Buffer.from(`{"type":"message",${origin},"dataType":"${dataType}","data":${json}}`),
    expiresAtMs: ttlSeconds === 0 ? Infinity : Date.now() + ttlSeconds * 1000,
  };
}
