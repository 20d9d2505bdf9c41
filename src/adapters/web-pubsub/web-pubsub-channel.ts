import { HubError, messageOf } from '../../core/errors.ts';
import type { RealtimeChannel } from '../../ports/realtime-channel.ts';
import { clientOf, type WebPubSubAccount } from './account.ts';
import { CallTimeout, outcomeOfFailure } from './send-outcome.ts';

/** Longer than any send that will still succeed, short enough for one runner not to hang on it. */
const TIMEOUT_MS = 10_000;
/** No group of ours: asking whether it exists costs the service nothing and proves endpoint and credential. */
const PING_GROUP = 'heliograph.ping';

/**
 * A hub of Azure Web PubSub, or of the local server, by its SDK. Nothing is retried inside: the schedule of retries is ours
 * and visible in Postgres. Plain http is allowed to this machine only.
 *
 * A send costs about 0.4 ms of CPU on loopback, nearly all of it the SDK's pipeline and the token it signs for each request.
 * The message is passed on as the text it is.
 *
 * Throws HubError `configuration` for an account that cannot work; `clientUrl` and `ping` throw `realtime_unavailable`.
 */
export function webPubSubChannel(
  account: WebPubSubAccount,
  hub: string,
  { timeoutMs = TIMEOUT_MS }: { timeoutMs?: number } = {},
): RealtimeChannel {
  const client = clientOf(account, hub);

  return {
    async sendToGroup(group, message) {
      try {
        await inTime(timeoutMs, (abortSignal) =>
          client.group(group).sendToAll(message, { contentType: 'text/plain', abortSignal }),
        );
        return { status: 'delivered' };
      } catch (error) {
        return outcomeOfFailure(error);
      }
    },

    async clientUrl({ groups, userId, ttlMinutes }) {
      const grant = {
        groups: [...groups],
        expirationTimeInMinutes: ttlMinutes,
        ...(userId === undefined ? {} : { userId }),
      };
      const { url } = await orUnavailable('gives no client token', timeoutMs, (abortSignal) =>
        client.getClientAccessToken({ ...grant, abortSignal }),
      );
      return url;
    },

    async ping() {
      await orUnavailable('does not answer', timeoutMs, (abortSignal) =>
        client.groupExists(PING_GROUP, { abortSignal }),
      );
    },
  };
}

/** Bounds a call as a whole, a token fetched for it included, whether or not what it waits for heeds the signal. */
async function inTime<T>(timeoutMs: number, call: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const { promise: timedOut, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new CallTimeout(timeoutMs));
    controller.abort();
  }, timeoutMs);
  try {
    return await Promise.race([call(controller.signal), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

async function orUnavailable<T>(
  what: string,
  timeoutMs: number,
  call: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await inTime(timeoutMs, call);
  } catch (cause) {
    throw new HubError('realtime_unavailable', `Web PubSub ${what}: ${messageOf(cause)}`, { cause });
  }
}
