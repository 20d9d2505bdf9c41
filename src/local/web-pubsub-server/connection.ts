import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { WebSocket } from 'ws';
import { RecentAcks } from './recent-acks.ts';
import { connectedFrame, disconnectedFrame } from './json-protocol.ts';
import { reliableFrame, type OutboundMessage } from './outbound-message.ts';
import { ReliableBuffer } from './reliable-buffer.ts';
import type { ClientGrant } from './tokens.ts';

/*
 * A client as the service sees it: its identity outlives a socket on the reliable subprotocol.
 *
 *   connected ──socket lost──▶ recovering ──new socket, same token──▶ connected
 *       │                          │
 *       └─closed by either side────┴──recovery window over──▶ gone
 *
 * On the plain subprotocol a lost socket is the end.
 */

/** A policy violation; the client SDK then starts afresh at once instead of trying to recover. */
export const CLOSED_FOR_GOOD = 1008;
const NORMAL_CLOSURE = 1000;

/** A socket that does not take this much is dropped: its client does not read. As much as the service keeps for a client. */
const MAX_SOCKET_BYTES = 16 * 1024 * 1024;
/** The reliable subprotocol sends no further ahead than this; the rest waits in its buffer, where it is shared. */
const AHEAD_BYTES = 1024 * 1024;

export interface ConnectionDeps {
  recoveryWindowMs: number;
  /** Called once, when the connection is gone for good. */
  gone(connection: Connection, reason: string): void;
}

export class Connection {
  readonly id = randomUUID().replaceAll('-', '');
  readonly hub: string;
  readonly userId: string | null;
  readonly roles: Set<string>;
  readonly groups = new Set<string>();
  readonly acks = new RecentAcks();
  readonly #deps: ConnectionDeps;
  readonly #reconnectionToken: string | null;
  readonly #buffer: ReliableBuffer | null;
  #socket: WebSocket | null = null;
  #recoveryTimer: NodeJS.Timeout | null = null;
  #isGone = false;

  constructor(deps: ConnectionDeps, hub: string, grant: ClientGrant, isReliable: boolean) {
    this.#deps = deps;
    this.hub = hub;
    this.userId = grant.userId;
    this.roles = new Set(grant.roles);
    this.#reconnectionToken = isReliable ? randomBytes(32).toString('base64url') : null;
    this.#buffer = isReliable ? new ReliableBuffer() : null;
  }

  /** Gives it a socket, at first or after a loss. A socket it still has is taken for dead. */
  attach(socket: WebSocket): void {
    if (this.#recoveryTimer !== null) clearTimeout(this.#recoveryTimer);
    this.#recoveryTimer = null;
    const previous = this.#socket;
    this.#socket = socket;
    previous?.terminate();
    this.sendControl(
      connectedFrame({
        userId: this.userId,
        connectionId: this.id,
        reconnectionToken: this.#reconnectionToken,
      }),
    );
    this.#buffer?.rewind();
    this.#sendKept();
  }

  /** Its socket closed with this code. */
  detach(socket: WebSocket, code: number): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    if (this.#buffer === null || code === NORMAL_CLOSURE) this.#leave('The client closed the connection.');
    else
      this.#recoveryTimer = setTimeout(
        () => this.#leave('The client did not come back in time.'),
        this.#deps.recoveryWindowMs,
      );
  }

  mayRecover(reconnectionToken: string): boolean {
    if (this.#isGone || this.#reconnectionToken === null) return false;
    const given = Buffer.from(reconnectionToken);
    const expected = Buffer.from(this.#reconnectionToken);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  deliver(message: OutboundMessage): void {
    if (this.#isGone) return;
    if (this.#buffer === null) this.#send(message.frame);
    else if (this.#buffer.append(message) === 'kept') this.#sendKept();
    else this.close(CLOSED_FOR_GOOD, 'Too many messages are not acknowledged.');
  }

  sendControl(frame: string): void {
    this.#send(Buffer.from(frame));
  }

  acknowledge(sequenceId: number): void {
    this.#buffer?.acknowledge(sequenceId);
  }

  /** Ends it for good, from the server's side. */
  close(code: number, reason: string): void {
    const socket = this.#socket;
    if (socket !== null) this.sendControl(disconnectedFrame(reason));
    this.#socket = null;
    this.#leave(reason);
    socket?.close(code, closeReason(reason));
  }

  /** Cuts the socket as a network would. False when it has none. */
  dropSocket(): boolean {
    this.#socket?.terminate();
    return this.#socket !== null;
  }

  isSocket(socket: WebSocket): boolean {
    return this.#socket === socket;
  }

  get isConnected(): boolean {
    return this.#socket !== null;
  }

  get socketBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  #sendKept(): void {
    const socket = this.#socket;
    if (this.#buffer === null || socket === null) return;
    while (socket.readyState === WebSocket.OPEN && socket.bufferedAmount < AHEAD_BYTES) {
      const kept = this.#buffer.next(Date.now());
      if (kept === null) return;
      const frame = reliableFrame(kept.message, kept.sequenceId);
      const fills = socket.bufferedAmount + frame.length >= AHEAD_BYTES;
      this.#send(frame, fills ? () => this.#sendKept() : undefined);
    }
  }

  #send(frame: Buffer, onSent?: () => void): void {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > MAX_SOCKET_BYTES) socket.terminate();
    else socket.send(frame, { binary: false }, onSent);
  }

  #leave(reason: string): void {
    if (this.#isGone) return;
    this.#isGone = true;
    if (this.#recoveryTimer !== null) clearTimeout(this.#recoveryTimer);
    this.#deps.gone(this, reason);
  }
}

/** A close frame has room for 123 bytes of reason; a character that would be cut is left out. */
function closeReason(reason: string): string {
  return new TextDecoder().decode(Buffer.from(reason).subarray(0, 123), { stream: true });
}
