import { describe, expect, it } from 'vitest';
import { fetchVerdict, type FetchAnswer, type FetchHistory } from '../../src/core/fetch-verdict.ts';

const HOUR = 3_600_000;

function verdict(answer: FetchAnswer, history: Partial<FetchHistory> = {}) {
  return fetchVerdict(answer, { cause: null, returns: 0, ageMs: 0, patienceMs: HOUR, random: 0, ...history });
}

function refused(httpStatus: number): FetchAnswer {
  return { status: 'refused', httpStatus, code: 'graphCode', message: 'Graph said so' };
}

describe('an answer', () => {
  it('with a resource resolves the event', () => {
    const value = { subject: 'Budget' };
    expect(verdict({ status: 'ok', value })).toEqual({ status: 'resolved', data: { resource: value } });
    expect(verdict({ status: 'ok', value: null }, { ageMs: 9 * HOUR })).toEqual({
      status: 'resolved',
      data: { resource: null },
    });
  });

  it.each([401, 403])('of %s says forbidden, at once', (httpStatus) => {
    expect(verdict(refused(httpStatus))).toEqual({
      status: 'resolved',
      data: { reason: { code: 'forbidden', message: 'Graph said so' } },
    });
  });

  it('of 404 is asked for once more, shortly; then it is the truth', () => {
    expect(verdict(refused(404))).toEqual({ status: 'again', cause: 'not_found', delayMs: 1_500 });
    expect(verdict(refused(404), { cause: 'throttled' })).toMatchObject({
      status: 'again',
      cause: 'not_found',
    });
    expect(verdict(refused(404), { cause: 'not_found' })).toEqual({
      status: 'resolved',
      data: { reason: { code: 'not_found', message: 'Graph said so' } },
    });
  });

  it('of 410 is gone, at once', () => {
    expect(verdict(refused(410))).toMatchObject({ data: { reason: { code: 'not_found' } } });
  });

  it.each([408, 409, 412, 423, 425])(
    'of %s passes: asked again within patience, then no resource',
    (httpStatus) => {
      expect(verdict(refused(httpStatus))).toMatchObject({ status: 'again', cause: 'unreachable' });
      expect(verdict(refused(httpStatus), { ageMs: 2 * HOUR })).toMatchObject({
        data: { reason: { code: 'unavailable' } },
      });
    },
  );

  it.each([400, 405, 422])('of %s is no resource, with the words of Graph', (httpStatus) => {
    expect(verdict(refused(httpStatus))).toEqual({
      status: 'resolved',
      data: {
        reason: { code: 'unavailable', message: `Graph answered ${httpStatus} graphCode: Graph said so` },
      },
    });
  });

  it('that throttles is waited for as long as it says, at least', () => {
    expect(verdict({ status: 'throttled', retryAfterMs: 30_000 })).toEqual({
      status: 'again',
      cause: 'throttled',
      delayMs: 30_000,
    });
    expect(verdict({ status: 'throttled', retryAfterMs: null })).toEqual({
      status: 'again',
      cause: 'throttled',
      delayMs: 500,
    });
    expect(verdict({ status: 'throttled', retryAfterMs: 10 }, { returns: 3 })).toMatchObject({
      delayMs: 4_000,
    });
  });

  it('that throttles for days by mistake does not make the item wait for days', () => {
    expect(verdict({ status: 'throttled', retryAfterMs: 1e15 })).toMatchObject({ delayMs: HOUR });
  });

  it('that never came is waited for ever longer, up to two minutes', () => {
    const answer: FetchAnswer = { status: 'unreachable', message: 'no route' };
    const delays = [0, 1, 2, 3, 20, 2_000].map((returns) => verdict(answer, { returns, random: 0.999_999 }));
    expect(delays).toEqual(
      [1_000, 2_000, 4_000, 8_000, 120_000, 120_000].map((delayMs) => ({
        status: 'again',
        cause: 'unreachable',
        delayMs,
      })),
    );
  });

  it('that did not come for as long as the operator allows is given up', () => {
    expect(verdict({ status: 'unreachable', message: 'no route' }, { ageMs: HOUR }).status).toBe('again');
    expect(verdict({ status: 'unreachable', message: 'no route' }, { ageMs: HOUR + 1 })).toEqual({
      status: 'resolved',
      data: { reason: { code: 'unavailable', message: 'no route' } },
    });
    expect(verdict({ status: 'throttled', retryAfterMs: 5 }, { ageMs: HOUR + 1 })).toMatchObject({
      data: { reason: { code: 'unavailable' } },
    });
  });
});
