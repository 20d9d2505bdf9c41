/** The style of what is read out and not shown. What it stands in must have a position, or it makes the whole document taller. */
export const SPOKEN_ONLY = {
  position: 'absolute',
  width: '1px',
  height: '1px',
  overflow: 'hidden',
  clipPath: 'inset(50%)',
} as const;
