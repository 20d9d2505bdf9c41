import { describe, expect, it } from 'vitest';
import type { Subscription, SubscriptionReason } from '../../../src/core/subscription.ts';
import { noteTenants } from '../../../src/steps/keep-alive/note-tenants.ts';
import { adjustableClock } from '../../support/adjustable-clock.ts';
import { recordingLog } from '../../support/logs.ts';

/** So many subscriptions of that tenant, in one status, and what the step does to them. */
function small(count: number, tenant: string, status: Subscription['status']) {
  const keys = Array.from({ length: count }, (_, at) => `k${String(at).padStart(4, '0')}`);
  const marked: [string, SubscriptionReason][] = [];
  const cleared: [string, readonly string[]][] = [];
  const log = recordingLog();
  const deps = {
    store: {
      listSubscriptions: ({ after, limit }: { after: string | null; limit: number }) =>
        Promise.resolve(
          keys
            .filter((key) => after === null || key > after)
            .slice(0, limit)
            .map((key) => ({ key, tenant, status }) as Subscription),
        ),
      markFailing: (key: string, reason: SubscriptionReason) => {
        marked.push([key, reason]);
        return Promise.resolve();
      },
      clearFailing: (key: string, codes: readonly string[]) => {
        cleared.push([key, codes]);
        return Promise.resolve();
      },
    },
    graph: { tenants: () => ['Tenant-A'] },
    clock: adjustableClock('2026-01-02T03:04:05.000Z'),
    log,
  };
  return { deps, marked, cleared, log, keys };
}

describe('subscriptions of a tenant without a credential here', () => {
  it('are failing and say what to do, however many', async () => {
    const { deps, marked, log, keys } = small(1_203, 'tenant-b', 'active');
    expect(await noteTenants(deps)).toBe(1_203);
    expect(marked.map(([key]) => key)).toEqual(keys);
    expect(marked[0]?.[1]).toMatchObject({ code: 'tenant_unknown', since: '2026-01-02T03:04:05.000Z' });
    expect(log.acts()).toEqual(['tenant.unknown']);
  });

  it.each(['paused', 'deleting', 'creating', 'failing'] as const)(
    'keep their status when %s',
    async (status) => {
      const { deps, marked, cleared } = small(2, 'tenant-b', status);
      await noteTenants(deps);
      expect([marked, cleared]).toEqual([[], []]);
    },
  );
});

describe('subscriptions of a tenant of ours', () => {
  it('are left alone, in whatever case the tenant is written', async () => {
    const { deps, marked, cleared, log } = small(3, 'tenant-a', 'active');
    expect(await noteTenants(deps)).toBe(0);
    expect([marked, cleared, log.acts()]).toEqual([[], [], []]);
  });

  it('that were failing for want of it are well again', async () => {
    const { deps, cleared } = small(1, 'tenant-a', 'failing');
    await noteTenants(deps);
    expect(cleared).toEqual([['k0000', ['tenant_unknown']]]);
  });
});
