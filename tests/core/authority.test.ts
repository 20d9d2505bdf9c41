import { describe, expect, it } from 'vitest';
import { judge, type WatchFacts } from '../../src/core/authority.ts';
import type { NotificationItem } from '../../src/core/notification.ts';

const WATCH: WatchFacts = {
  key: 'k1k2k3k4k5k6k7k8',
  tenant: '8ed4a2b4-1b4f-4e0d-9d6a-6c6f3b0f8a11',
  resource: 'users/u/messages',
  status: 'active',
  graphIds: ['g0', 'g1'],
};
const CHANGE: NotificationItem = {
  subscriptionId: 'g1',
  tenantId: WATCH.tenant,
  changeType: 'created',
  resource: "Users('u')/Messages('m')",
};
const LIFECYCLE: NotificationItem = {
  subscriptionId: 'g1',
  tenantId: WATCH.tenant,
  lifecycleEvent: 'missed',
};

describe('a change', () => {
  it('of its subscription is believed, with its canonical subject', () => {
    expect(judge(CHANGE, WATCH)).toMatchObject({
      status: 'change',
      subject: 'users/u/messages/m',
      changeType: 'created',
      watched: { path: 'users/u/messages', kind: { noun: 'Message' } },
    });
  });

  it.each([
    ['an id it had before', { subscriptionId: 'g0' }],
    ['the tenant in other case', { tenantId: WATCH.tenant.toUpperCase() }],
    ['organizationId for tenantId', { tenantId: undefined, organizationId: WATCH.tenant }],
    ['no lifecycle event', { lifecycleEvent: null }],
  ])('is believed with %s', (_, fields) => {
    expect(judge({ ...CHANGE, ...fields } as NotificationItem, WATCH).status).toBe('change');
  });

  it.each(['creating', 'active', 'failing', 'removed', 'paused'] as const)(
    'is believed while %s',
    (status) => {
      expect(judge(CHANGE, { ...WATCH, status }).status).toBe('change');
    },
  );

  it('is unwanted while the subscription is being deleted', () => {
    expect(judge(CHANGE, { ...WATCH, status: 'deleting' })).toEqual({ status: 'unwanted' });
  });

  it('by an id we do not know yet waits', () => {
    expect(judge({ ...CHANGE, subscriptionId: 'g2' }, WATCH)).toEqual({ status: 'not_yet_known' });
    expect(judge(CHANGE, { ...WATCH, status: 'creating', graphIds: [] })).toEqual({
      status: 'not_yet_known',
    });
    expect(judge({ ...LIFECYCLE, subscriptionId: 'g2' }, WATCH)).toEqual({ status: 'not_yet_known' });
  });

  it.each([
    ['wrong_tenant', { tenantId: 'another' }],
    ['wrong_tenant', { tenantId: undefined }],
    ['wrong_tenant', { tenantId: null }],
    ['wrong_tenant', { tenantId: '', subscriptionId: 'unknown' }],
    ['unknown_change_type', { changeType: 'unknownFutureValue' }],
    ['malformed_resource', { resource: undefined }],
    ['malformed_resource', { resource: '' }],
    ['malformed_resource', { resource: 'users/u/messages/m?$expand=attachments' }],
    ['malformed_resource', { resource: 'users/u/messages/../../groups/g' }],
    ['resource_outside', { resource: 'users/v/messages/m' }],
    ['resource_outside', { resource: 'users/u/events/e' }],
    ['resource_outside', { resource: 'users/u/messages' }],
    ['resource_outside', { resource: 'users/u' }],
  ])('is not believed (%s) with %j', (code, fields) => {
    const judgement = judge({ ...CHANGE, ...fields } as NotificationItem, WATCH);
    expect(judgement).toMatchObject({ status: 'suspicious', code });
    expect(judgement.status === 'suspicious' && judgement.message).toMatch(
      /^The notification is not believed: .+\.$/,
    );
  });

  it('of a subscription that we do not have is not believed', () => {
    expect(judge(CHANGE, undefined)).toMatchObject({ status: 'suspicious', code: 'unknown_subscription' });
  });

  it('of a resource that this version cannot watch is not believed', () => {
    expect(judge(CHANGE, { ...WATCH, resource: 'sites/s/lists/l' })).toMatchObject({
      code: 'malformed_resource',
    });
  });
});

describe('a lifecycle notification', () => {
  it.each(['reauthorizationRequired', 'subscriptionRemoved', 'missed'] as const)(
    'of %s is believed',
    (event) => {
      expect(judge({ ...LIFECYCLE, lifecycleEvent: event }, WATCH)).toEqual({ status: 'lifecycle', event });
    },
  );

  it.each([
    ['wrong_tenant', { tenantId: 'another' }],
    ['unknown_lifecycle_event', { lifecycleEvent: 'surprised' }],
  ])('is judged as strictly (%s)', (code, fields) => {
    expect(judge({ ...LIFECYCLE, ...fields }, WATCH)).toMatchObject({ status: 'suspicious', code });
  });
});
