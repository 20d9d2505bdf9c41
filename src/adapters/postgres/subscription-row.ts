import type { ChangeType } from '../../core/resource-catalogue.ts';
import type {
  FetchMode,
  Subscription,
  SubscriptionReason,
  SubscriptionStatus,
} from '../../core/subscription.ts';
import { isoTime, isoTimeOrNull } from './rows.ts';

/** A row of `heliograph.subscriptions`. */
export interface SubscriptionRow {
  key: string;
  tenant: string;
  resource: string;
  change_types: ChangeType[];
  rich: boolean;
  fetch: FetchMode;
  status: SubscriptionStatus;
  reason: SubscriptionReason | null;
  graph_id: string | null;
  expires_at: Date | null;
  renew_at: Date | null;
  last_notification_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

export function toSubscription(row: SubscriptionRow): Subscription {
  return {
    key: row.key,
    tenant: row.tenant,
    resource: row.resource,
    changeTypes: row.change_types,
    rich: row.rich,
    fetch: row.fetch,
    status: row.status,
    reason: row.reason,
    graphId: row.graph_id,
    expiresAt: isoTimeOrNull(row.expires_at),
    renewAt: isoTimeOrNull(row.renew_at),
    lastNotificationAt: isoTimeOrNull(row.last_notification_at),
    createdAt: isoTime(row.created_at),
    updatedAt: isoTime(row.updated_at),
  };
}
