import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { ArrowSync16Regular } from '@fluentui/react-icons/svg/arrow-sync';
import { CheckmarkCircle16Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { Delete16Regular } from '@fluentui/react-icons/svg/delete';
import { ErrorCircle16Filled } from '@fluentui/react-icons/svg/error-circle';
import { PauseCircle16Regular } from '@fluentui/react-icons/svg/pause-circle';
import { PlugDisconnected16Regular } from '@fluentui/react-icons/svg/plug-disconnected';
import type { Subscription } from '../../../src/http/schemas/subscriptions.ts';

type Status = Subscription['status'];

const ICONS = {
  creating: ArrowSync16Regular,
  active: CheckmarkCircle16Filled,
  failing: ErrorCircle16Filled,
  removed: PlugDisconnected16Regular,
  paused: PauseCircle16Regular,
  deleting: Delete16Regular,
} satisfies Record<Status, unknown>;

const MEANINGS: Record<Status, string> = {
  creating: 'Not yet accepted by Graph; the hub goes on trying',
  active: 'Graph tells the hub of changes',
  failing: 'Graph refuses or cannot be reached; the hub goes on trying',
  removed: 'Gone at Graph; the hub makes it anew',
  paused: 'Kept here, not at Graph',
  deleting: 'Being deleted at Graph, then here',
};

/** A shape, a word and a colour. */
export function StatusLabel({ status }: { status: Status }) {
  const styles = useStyles();
  const Icon = ICONS[status];
  return (
    <span className={mergeClasses(styles.label, styles[status])} title={MEANINGS[status]}>
      <Icon aria-hidden="true" />
      {status}
    </span>
  );
}

const useStyles = makeStyles({
  label: { display: 'inline-flex', alignItems: 'center', gap: '6px', whiteSpace: 'nowrap' },
  creating: { color: tokens.colorBrandForeground1 },
  active: { color: tokens.colorPaletteGreenForeground1 },
  failing: { color: tokens.colorPaletteRedForeground1 },
  removed: { color: tokens.colorPaletteDarkOrangeForeground1 },
  paused: { color: tokens.colorNeutralForeground2 },
  deleting: { color: tokens.colorNeutralForeground3 },
});
