import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { editDistance, nearestName } from '../../src/config/nearest.ts';

it('counts what has to change', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('', 'PORT')).toBe(4);
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, two) => {
      expect(editDistance(one, one)).toBe(0);
      expect(editDistance(one, two)).toBe(editDistance(two, one));
      expect(editDistance(one, two)).toBeGreaterThanOrEqual(Math.abs(one.length - two.length));
    }),
  );
});

it('suggests a near name and nothing that is far', () => {
  const names = ['PORT', 'HOST', 'DATABASE_URL', 'HELIOGRAPH_URL'];
  expect(nearestName('DATABASE_URI', names)).toBe('DATABASE_URL');
  expect(nearestName('port', names)).toBe('PORT');
  expect(nearestName('HSOT', names)).toBe(null);
  expect(nearestName('POSTGRES_PASSWORD', names)).toBe(null);
});
