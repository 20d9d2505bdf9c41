import type { Subscription } from '../../../src/http/schemas/subscriptions.ts';
import { duration } from '../words/times.ts';

export interface TimeLeft {
  /** How much of its life is left, 0 to 1. */
  part: number;
  /** Where on the same scale it will be renewed; null when that is not known. */
  renewAtPart: number | null;
  level: 'good' | 'due' | 'over';
  text: string;
  renewal: string | null;
}

/** The hub renews when three to four and a half tenths of a lifetime are left. */
const MOST_LEFT_AT_RENEWAL = 0.45;

/** Null where there is nothing at Graph that could expire. */
export function timeLeft(
  {
    expiresAt,
    renewAt,
    updatedAt,
    status,
  }: Pick<Subscription, 'expiresAt' | 'renewAt' | 'updatedAt' | 'status'>,
  nowMs: number,
): TimeLeft | null {
  if (expiresAt === null) return null;
  const expiresMs = Date.parse(expiresAt);
  const renewMs = renewAt === null ? null : Date.parse(renewAt);
  const leftMs = expiresMs - nowMs;
  const renewedInTime = status === 'active' && renewMs !== null && renewMs < expiresMs;
  // A lifetime begins with the last change of the subscription, which as a rule was its renewal. Where something else has changed it
  // since, the renewal ahead says how long it is at the least.
  const shortestMs = renewedInTime ? (expiresMs - renewMs) / MOST_LEFT_AT_RENEWAL : 1;
  const lifeMs = Math.max(expiresMs - Date.parse(updatedAt), shortestMs);
  const part = (ms: number): number => Math.min(1, Math.max(0, ms / lifeMs));
  return {
    part: part(leftMs),
    renewAtPart: renewedInTime ? part(expiresMs - renewMs) : null,
    level: leftMs <= 0 ? 'over' : renewedInTime && nowMs <= renewMs ? 'good' : 'due',
    text: leftMs <= 0 ? `expired ${duration(-leftMs)} ago` : duration(leftMs),
    renewal: renewMs === null ? null : renewalWords(status, renewMs - nowMs),
  };
}

function renewalWords(status: Subscription['status'], inMs: number): string {
  const verb = status === 'active' ? 'renews' : 'next try';
  return inMs <= 0 ? `${verb} now` : `${verb} in ${duration(inMs)}`;
}
