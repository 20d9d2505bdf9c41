import type { SendOutcome } from '../core/delivery.ts';

/** Azure Web PubSub, or the local server that speaks as it does. */
export interface RealtimeChannel {
  /** @param message JSON text, at most 256 KiB */
  sendToGroup(group: string, message: string): Promise<SendOutcome>;
  /** A client URL whose token has joined exactly these groups and can do nothing else. */
  clientUrl(grant: { groups: readonly string[]; userId?: string; ttlMinutes: number }): Promise<string>;
  /** Throws when it cannot be reached. */
  ping(): Promise<void>;
}
