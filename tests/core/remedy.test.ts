import { describe, expect, it } from 'vitest';
import { refusalOf, refusalOfDeletion, refusalOfName } from '../../src/core/remedy.ts';

describe('a refusal of Graph', () => {
  it.each([
    [400, 'Subscription validation request timed out.', 'endpoint_timed_out'],
    [400, "Subscription validation request failed. HTTP status code is 'Forbidden'.", 'endpoint_unreachable'],
    [400, 'Subscription validation request failed. Must respond with 200 OK.', 'endpoint_unreachable'],
    [400, "NotificationUrl scheme='http' is not supported", 'https_required'],
    [400, "Subscription expiration can only be … beyond allowed max '3.00:00:00'", 'lifetime_too_long'],
    [401, 'AADSTS7000215: Invalid client secret provided.', 'credential_refused'],
    [403, 'Subscription operations limit reached for the organization.', 'quota_exceeded'],
    [403, 'Operation: Create; the maximum number of subscriptions is 1000.', 'quota_exceeded'],
    [403, 'Access is denied. Check credentials and try again.', 'consent_missing'],
    [404, "Resource 'x' does not exist.", 'resource_not_found'],
    [409, 'Subscription Id <> already exists for the requested combination', 'already_at_graph'],
    [400, 'Operation: Create; Exception: [Status Code: Conflict; Reason: x]', 'refused_by_graph'],
    [400, 'Certificate validation error: Cannot find the requested object', 'refused_by_graph'],
  ])('of %s, %j, means %s', (httpStatus, message, code) => {
    const refusal = refusalOf({ httpStatus, code: 'GraphCode', message });
    expect(refusal).toMatchObject({ code, message });
    expect(refusal.remedy).toMatch(/\.$/);
  });

  it('names the permission that is missing, and only then', () => {
    const denied = { httpStatus: 403, code: 'x', message: 'Access is denied.' };
    expect(refusalOf(denied, 'Mail.Read').remedy).toMatch(/The least permission is Mail\.Read\.$/);
    expect(refusalOf(denied).remedy).not.toContain('least permission');
    expect(refusalOf({ ...denied, httpStatus: 404 }, 'Mail.Read').remedy).not.toContain('Mail.Read');
  });

  it('to look up a name names the permission for that, or the way without', () => {
    const denied = { httpStatus: 403, code: 'x', message: 'Access is denied.' };
    const { code, remedy } = refusalOfName(denied);
    expect(code).toBe('consent_missing');
    expect(remedy).toMatch(/User\.Read\.All/);
    expect(remedy).toMatch(/object id/);
    expect(refusalOfName({ ...denied, httpStatus: 404 })).toEqual(refusalOf({ ...denied, httpStatus: 404 }));
  });

  it.each([400, 409, 423])(
    'of a deletion (%s) is told in its own words, not as one of a create',
    (httpStatus) => {
      const words = 'Subscription validation request failed. It already exists.';
      const refusal = refusalOfDeletion({ httpStatus, code: 'Locked', message: words });
      expect(refusal).toMatchObject({ code: 'refused_by_graph', message: words });
      expect(refusal.remedy).toContain(`${httpStatus} Locked`);
    },
  );

  it('that nobody knows is told in its own words', () => {
    expect(refusalOf({ httpStatus: 418, code: 'teapot', message: 'short and stout' })).toEqual({
      code: 'refused_by_graph',
      message: 'short and stout',
      remedy: 'Graph answered 418 teapot. Its message says what it did not like.',
    });
  });
});
