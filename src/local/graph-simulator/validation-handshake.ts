import { STATUS_CODES } from 'node:http';
import { randomUUID } from 'node:crypto';

/**
 * Asks an endpoint whether it wants notifications, as Graph does before it creates a subscription or moves it to another URL.
 * https://learn.microsoft.com/graph/change-notifications-delivery-webhooks#notificationurl-validation
 * @returns null when it answered as it should, else Graph's words for what was wrong
 */
export async function validateEndpoint(url: string, timeoutMs: number): Promise<string | null> {
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()}`;
  const joint = url.includes('?') ? '&' : '?';
  try {
    const response = await fetch(`${url}${joint}validationToken=${formEncoded(token)}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = await response.text();
    if (response.status !== 200) return failed(`HTTP status code is '${statusName(response.status)}'.`);
    if (!/^text\/plain\b/i.test(response.headers.get('content-type') ?? ''))
      return failed("Response content type must be 'text/plain'.");
    return answer === token ? null : failed('Response must exactly match validationToken query parameter.');
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError')
      return 'Subscription validation request timed out.';
    return failed('Notification endpoint must respond with 200 OK to validation request.');
  }
}

function failed(why: string): string {
  return `Subscription validation request failed. ${why}`;
}

/** `Forbidden`, `NotFound`, as .NET writes them. */
function statusName(status: number): string {
  return (STATUS_CODES[status] ?? String(status)).replaceAll(/[^A-Za-z0-9]/g, '');
}

/** As Graph encodes it: a space is `+`, hexadecimal digits are small. */
function formEncoded(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}
