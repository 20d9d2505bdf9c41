import type { Subscription } from '../../src/http/schemas/subscriptions.ts';
import { TENANT } from './office-events.ts';

const HOUR = 3_600_000;

/** Three well, one that fails and says why, one that is paused. */
export function officeSubscriptions(nowMs: number): Subscription[] {
  const at = (hours: number): string => new Date(nowMs + hours * HOUR).toISOString();
  const common = {
    tenant: TENANT,
    rich: false,
    fetch: 'get',
    status: 'active',
    reason: null,
    createdAt: at(-200),
    updatedAt: at(-30),
  } as const;
  return [
    {
      ...common,
      key: 'cal00ops0team00contoso00',
      resource: 'users/5c1f0a3e-77d2-4b8f-b6a4-90d3c2e1f7aa/events',
      changeTypes: ['created', 'updated', 'deleted'],
      graphId: 'a1f0c5d2-0000-4000-8000-000000000001',
      expiresAt: at(149),
      renewAt: at(89),
      lastNotificationAt: at(-0.02),
    },
    {
      ...common,
      key: 'chat0project0north000000',
      resource: 'chats/19:2f1c7a66d6a5423c8f5ad0b1@thread.v2/messages',
      changeTypes: ['created', 'updated'],
      graphId: 'a1f0c5d2-0000-4000-8000-000000000002',
      expiresAt: at(20),
      renewAt: at(-0.01),
      lastNotificationAt: at(-0.3),
    },
    {
      ...common,
      key: 'fail0files0desk000000000',
      resource: 'users/finance.desk@contoso.com/messages',
      changeTypes: ['created'],
      status: 'failing',
      reason: {
        code: 'ErrorAccessDenied',
        message: 'Graph refuses to renew it: access is denied.',
        remedy: 'Grant the application permission Mail.Read for this mailbox and consent to it, then renew.',
        since: at(-2.5),
      },
      graphId: 'a1f0c5d2-0000-4000-8000-000000000003',
      expiresAt: at(3),
      renewAt: at(0.2),
      lastNotificationAt: at(-3),
    },
    {
      ...common,
      key: 'mail0anna0keller0contoso',
      resource: 'users/anna.keller@contoso.com/messages',
      changeTypes: ['created', 'updated', 'deleted'],
      graphId: 'a1f0c5d2-0000-4000-8000-000000000004',
      expiresAt: at(150),
      renewAt: at(70),
      lastNotificationAt: at(0),
    },
    {
      ...common,
      key: 'user0directory0000000000',
      resource: 'users',
      changeTypes: ['updated', 'deleted'],
      fetch: 'none',
      status: 'paused',
      graphId: null,
      expiresAt: null,
      renewAt: null,
      lastNotificationAt: null,
    },
  ];
}
