import { makeStyles, tokens } from '@fluentui/react-components';
import { FLASH } from '../theme.ts';

/** Line heights in pixels; the virtual list counts with them. */
export const ROW_HEIGHT = { wide: 34, narrow: 62 };
/** On a narrow page the lines speak for themselves. */
export const HEAD_HEIGHT = { wide: 30, narrow: 0 };

const COLUMNS = '84px minmax(150px, 200px) minmax(0, 1.5fr) minmax(0, 1fr) 92px 76px';
const NARROW = '@media (max-width: 760px)';

const CELL = { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' } as const;

export const useRowStyles = makeStyles({
  head: {
    display: 'grid',
    gridTemplateColumns: COLUMNS,
    columnGap: '16px',
    padding: '0 16px',
    height: `${HEAD_HEIGHT.wide}px`,
    boxSizing: 'border-box',
    alignItems: 'center',
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    [NARROW]: { display: 'none' },
  },
  row: {
    position: 'relative',
    display: 'grid',
    gridTemplateColumns: COLUMNS,
    columnGap: '16px',
    alignItems: 'center',
    height: `${ROW_HEIGHT.wide}px`,
    padding: '0 16px',
    boxSizing: 'border-box',
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    cursor: 'pointer',
    contain: 'layout paint style',
    ':hover': { backgroundColor: tokens.colorNeutralBackground1Hover },
    ':focus-within': { backgroundColor: tokens.colorNeutralBackground1Hover },
    [NARROW]: {
      height: `${ROW_HEIGHT.narrow}px`,
      gridTemplateColumns: 'minmax(0, 1fr) auto',
      gridTemplateRows: '20px 20px',
      alignContent: 'center',
      rowGap: '2px',
    },
  },
  fresh: {
    animationName: { from: { backgroundColor: `color-mix(in srgb, ${FLASH} 28%, transparent)` } },
    animationDuration: '1.4s',
    animationTimingFunction: 'ease-out',
  },
  time: {
    ...CELL,
    fontVariantNumeric: 'tabular-nums',
    color: tokens.colorNeutralForeground2,
    [NARROW]: { gridArea: '1 / 2', fontSize: tokens.fontSizeBase200 },
  },
  type: {
    ...CELL,
    display: 'flex',
    alignItems: 'center',
    gap: '7px',
    [NARROW]: { gridArea: '1 / 1', fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground2 },
  },
  typeText: CELL,
  about: { ...CELL, minWidth: 0, [NARROW]: { gridArea: '2 / 1 / 3 / 3' } },
  link: {
    color: tokens.colorNeutralForeground1,
    textDecorationLine: 'none',
    outline: 'none',
    '::after': { content: '""', position: 'absolute', inset: 0 },
    ':focus-visible::after': {
      outline: `2px solid ${tokens.colorStrokeFocus2}`,
      outlineOffset: '-2px',
      borderRadius: tokens.borderRadiusMedium,
    },
  },
  absent: { color: tokens.colorNeutralForeground3, fontStyle: 'italic' },
  subject: {
    ...CELL,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
    [NARROW]: { display: 'none' },
  },
  origin: { ...CELL, color: tokens.colorNeutralForeground3, [NARROW]: { display: 'none' } },
  notable: { color: tokens.colorPaletteDarkOrangeForeground1 },
  sequence: {
    ...CELL,
    textAlign: 'right',
    fontVariantNumeric: 'tabular-nums',
    color: tokens.colorNeutralForeground3,
    [NARROW]: { display: 'none' },
  },
});
