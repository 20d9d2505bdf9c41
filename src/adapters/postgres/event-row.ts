import type { EventOrigin, LoggedEvent } from '../../core/event.ts';
import type { ChangeType } from '../../core/resource-catalogue.ts';
import { isoTime, isoTimeOrNull } from './rows.ts';

/** A row of `heliograph.events`. */
export interface EventRow {
  sequence: number;
  id: string;
  type: string;
  source: string;
  subject: string;
  accepted_at: Date;
  tenant_id: string | null;
  subscription_key: string | null;
  change_type: ChangeType | null;
  origin: EventOrigin;
  data: string;
  verified_at: Date;
  fetched_at: Date | null;
  appended_at: Date;
}

export function toLoggedEvent(row: EventRow): LoggedEvent {
  return {
    sequence: row.sequence,
    id: row.id,
    type: row.type,
    source: row.source,
    subject: row.subject,
    time: isoTime(row.accepted_at),
    tenantId: row.tenant_id,
    subscriptionKey: row.subscription_key,
    changeType: row.change_type,
    origin: row.origin,
    data: row.data,
    verifiedAt: isoTime(row.verified_at),
    fetchedAt: isoTimeOrNull(row.fetched_at),
    appendedAt: isoTime(row.appended_at),
  };
}
