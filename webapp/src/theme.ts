import {
  createDarkTheme,
  createLightTheme,
  type BrandVariants,
  type Theme,
} from '@fluentui/react-components';

import { JOURNEY_COLOURS } from './event/journey-colours.ts';

/** Petrol, the colour of a far hill; the amber of the flash is for the mark and what is new. */
const PETROL: BrandVariants = {
  10: '#020a0d',
  20: '#0a1d24',
  30: '#0f2f3a',
  40: '#123e4d',
  50: '#154d5f',
  60: '#175d73',
  70: '#186b84',
  80: '#1a7590',
  90: '#2c8aa6',
  100: '#4199b4',
  110: '#58a8c1',
  120: '#70b6cd',
  130: '#89c5d8',
  140: '#a4d3e2',
  150: '#c0e1ec',
  160: '#ddf0f6',
};

const FONTS = {
  fontFamilyBase: `'Segoe UI Variable Text', 'Segoe UI', system-ui, -apple-system, Roboto, 'Helvetica Neue', Arial, sans-serif`,
  fontFamilyMonospace: `ui-monospace, 'Cascadia Mono', 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace`,
};

type HubTheme = Theme & Record<keyof (typeof JOURNEY_COLOURS)['light'], string>;

export const lightTheme: HubTheme = { ...createLightTheme(PETROL), ...FONTS, ...JOURNEY_COLOURS.light };
export const darkTheme: HubTheme = {
  ...createDarkTheme(PETROL),
  ...FONTS,
  ...JOURNEY_COLOURS.dark,
  // Fluent's own advice for dark themes: the default is too dark to read on its background.
  colorBrandForeground1: PETROL[120],
  colorBrandForeground2: PETROL[130],
  colorBrandForegroundLink: PETROL[120],
};

/** The flash of the mark. */
export const FLASH = '#ffc83d';
