import { buttonClassNames, makeStyles, tokens } from '@fluentui/react-components';

const RED = { color: tokens.colorStatusDangerForeground1 };
const ICON = `& .${buttonClassNames.icon}`;

/** Buttons for what cannot be undone. Fluent has no such appearance, only the colours. */
export const useDangerStyles = makeStyles({
  /** On the appearance `subtle`. */
  subtle: {
    ...RED,
    ':hover': { ...RED, [ICON]: RED },
    ':hover:active': { ...RED, [ICON]: RED },
  },
  /** On the appearance `primary`. */
  filled: {
    backgroundColor: tokens.colorStatusDangerBackground3,
    ':hover': { backgroundColor: tokens.colorStatusDangerBackground3Hover },
    ':hover:active': { backgroundColor: tokens.colorStatusDangerBackground3Pressed },
  },
});
