import { MAX_RETRY_AFTER_MS } from '../../core/backoff.ts';
import type { SendOutcome } from '../../core/delivery.ts';

/** A call that was given up by us. */
export class CallTimeout extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.name = 'CallTimeout';
  }
}

/** What the service says about the message itself. All else is about the service, our access to it, or the way there. */
const REFUSALS = new Set([400, 413]);
/** An answer may be a proxy's whole error page. */
const MAX_MESSAGE_LENGTH = 500;
/** What a send that threw came to. `code` is `http_` and the status, the system's own (`ECONNREFUSED`), or `timeout`. */
export function outcomeOfFailure(error: unknown): SendOutcome {
  if (error instanceof CallTimeout) return { status: 'failed', code: 'timeout', message: error.message };
  const failure: RestFailure = error instanceof Error ? error : new Error(String(error));
  const { statusCode } = failure;
  const message = failure.message.slice(0, MAX_MESSAGE_LENGTH) || `The service answered ${statusCode}.`;
  if (statusCode === undefined) return { status: 'failed', code: failure.code ?? failure.name, message };
  const code = `http_${statusCode}`;
  if (REFUSALS.has(statusCode)) return { status: 'refused', code, message };
  const retryAfterMs = retryAfterOf(failure.response?.headers.get('retry-after'), Date.now());
  return { status: 'failed', code, message, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
}

/** A `Retry-After` header in milliseconds from now: seconds or an HTTP date (RFC 9110, section 10.2.3). */
export function retryAfterOf(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const waitMs = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(0, waitMs), MAX_RETRY_AFTER_MS);
}

/** The SDK's RestError by its shape: its class is not among what the package exports. */
interface RestFailure extends Error {
  code?: string;
  statusCode?: number;
  response?: { headers: { get(name: string): string | undefined } };
}
