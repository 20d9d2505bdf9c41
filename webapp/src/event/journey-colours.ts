/**
 * The parts of a journey's bar, each far enough in lightness from its neighbours and from what it lies on (three to one, as for
 * anything that carries a meaning: WCAG 2, 1.4.11), with tests. By the names under which they are in the theme.
 */
export const JOURNEY_COLOURS = {
  light: {
    colorJourneyVerified: '#2c8aa6',
    colorJourneyFetched: '#0f2f3a',
    colorJourneyNumbered: '#b87400',
  },
  dark: {
    colorJourneyVerified: '#2c8aa6',
    colorJourneyFetched: '#ddf0f6',
    colorJourneyNumbered: '#b87400',
  },
} as const;
