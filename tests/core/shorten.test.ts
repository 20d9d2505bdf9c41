import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortenMiddle, shortenPath, shortType } from '../../src/core/shorten.ts';

test('long texts are shortened in the middle, to what was asked for', () => {
  expect(shortenMiddle('abcdefghij', 10)).toBe('abcdefghij');
  expect(shortenMiddle('abcdefghijk', 6)).toBe('abc…jk');
  expect(shortenPath('users/5c1f0a3e-77d2-4b8f-b6a4-90d3c2e1f7aa/messages/x', 8)).toBe(
    'users/5c1f…7aa/messages/x',
  );
  expect(shortType('Microsoft.Graph.EventUpdated')).toBe('EventUpdated');
  expect(shortType('heliograph.gap')).toBe('heliograph.gap');
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 3, max: 40 }), (text, most) => {
      expect(shortenMiddle(text, most).length).toBeLessThanOrEqual(Math.max(most, 3));
    }),
  );
});
