import { expect, test } from 'vitest';
import { JOURNEY_COLOURS } from '../../webapp/src/event/journey-colours.ts';

/** What the bar lies on: Fluent's `colorNeutralBackground1`. */
const GROUND = { light: '#ffffff', dark: '#292929' };

/** WCAG 2: relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[0-9a-f]{2}/g) ?? [])
    .map((part) => Number.parseInt(part, 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test.each(['light', 'dark'] as const)(
  'neighbours in a journey are told apart in the %s theme, and from what they lie on',
  (theme) => {
    const { colorJourneyVerified, colorJourneyFetched, colorJourneyNumbered } = JOURNEY_COLOURS[theme];
    expect(contrast(colorJourneyVerified, colorJourneyFetched)).toBeGreaterThanOrEqual(3);
    expect(contrast(colorJourneyFetched, colorJourneyNumbered)).toBeGreaterThanOrEqual(3);
    for (const colour of Object.values(JOURNEY_COLOURS[theme]))
      expect(contrast(colour, GROUND[theme])).toBeGreaterThanOrEqual(3);
  },
);
