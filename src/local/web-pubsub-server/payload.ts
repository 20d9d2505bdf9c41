/** What is sent, as it stands in a frame: `json` is the JSON text of its `data` member. */
export interface Payload {
  dataType: 'json' | 'text' | 'binary';
  json: string;
}

/** The service takes messages of up to 1 MB, by REST and from clients. */
export const MAX_PAYLOAD_BYTES = 1024 * 1024;
/** https://learn.microsoft.com/rest/api/webpubsub/dataplane/web-pub-sub/send-to-group */
export const MAX_TTL_SECONDS = 300;

export type PayloadCheck =
  | { status: 'payload'; payload: Payload }
  | { status: 'unsupported_media_type' }
  | { status: 'malformed'; message: string };

/**
 * A REST body as a payload. JSON is checked and not rewritten: it goes into frames as it came, and a text that is not JSON
 * would break every client that parses one.
 */
export function payloadOfBody(contentType: string, body: Buffer): PayloadCheck {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/octet-stream')
    return { status: 'payload', payload: { dataType: 'binary', json: `"${body.toString('base64')}"` } };
  if (mediaType !== 'application/json' && mediaType !== 'text/plain')
    return { status: 'unsupported_media_type' };
  const text = textOf(body);
  if (text === null) return { status: 'malformed', message: 'The body is not UTF-8.' };
  if (mediaType === 'text/plain')
    return { status: 'payload', payload: { dataType: 'text', json: JSON.stringify(text) } };
  return isJson(text)
    ? { status: 'payload', payload: { dataType: 'json', json: text } }
    : { status: 'malformed', message: 'The body is not JSON.' };
}

function textOf(body: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
