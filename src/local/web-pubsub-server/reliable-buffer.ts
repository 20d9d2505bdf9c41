import type { OutboundMessage } from './outbound-message.ts';

/*
 * What a connection of the reliable subprotocol has not acknowledged yet, in order. A cursor tells what its present socket has
 * been sent: a new socket rewinds it and so gets everything again that was not acknowledged. The messages are shared between
 * connections; only the sequence ids are each connection's own.
 */

/** The service's own bounds: a client that leaves this much unacknowledged is closed for good. */
const MAX_MESSAGES = 1000;
const MAX_BYTES = 16 * 1024 * 1024;

export interface KeptMessage {
  sequenceId: number;
  message: OutboundMessage;
}

export class ReliableBuffer {
  #kept: KeptMessage[] = [];
  #bytes = 0;
  #lastSequenceId = 0;
  #cursor = 0;

  /** `full`: nothing was kept and the connection has to be closed. */
  append(message: OutboundMessage): 'kept' | 'full' {
    const bytes = message.frame.length;
    if (this.#kept.length >= MAX_MESSAGES || this.#bytes + bytes > MAX_BYTES) return 'full';
    this.#lastSequenceId += 1;
    this.#kept.push({ sequenceId: this.#lastSequenceId, message });
    this.#bytes += bytes;
    return 'kept';
  }

  /** The next message the present socket has to be sent, or null; what has expired meanwhile is dropped. */
  next(nowMs: number): KeptMessage | null {
    for (;;) {
      const kept = this.#kept[this.#cursor];
      if (kept === undefined) return null;
      if (kept.message.expiresAtMs > nowMs) {
        this.#cursor += 1;
        return kept;
      }
      this.#kept.splice(this.#cursor, 1);
      this.#bytes -= kept.message.frame.length;
    }
  }

  /** Forgets what was received up to `sequenceId`. Only what was sent can be acknowledged. */
  acknowledge(sequenceId: number): void {
    let count = 0;
    for (const kept of this.#kept) {
      if (count >= this.#cursor || kept.sequenceId > sequenceId) break;
      this.#bytes -= kept.message.frame.length;
      count += 1;
    }
    this.#kept.splice(0, count);
    this.#cursor -= count;
  }

  /** A new socket took over: everything unacknowledged is to be sent again. */
  rewind(): void {
    this.#cursor = 0;
  }

  get length(): number {
    return this.#kept.length;
  }
}
