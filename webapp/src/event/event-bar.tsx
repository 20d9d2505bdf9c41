import { Button, makeStyles, tokens, Tooltip } from '@fluentui/react-components';
import { ArrowLeft20Regular } from '@fluentui/react-icons/svg/arrow-left';
import { ChevronLeft20Regular } from '@fluentui/react-icons/svg/chevron-left';
import { ChevronRight20Regular } from '@fluentui/react-icons/svg/chevron-right';
import { Link, useLocation } from 'wouter';
import { useLiveView } from '../live/live-context.tsx';

interface EventBarProps {
  /** Null where the address names none. */
  sequence: number | null;
  /** The event was found: from one that was not, there is no way to the next. */
  known: boolean;
}

/** The way back to the list, and to the events before and after. */
export function EventBar({ sequence, known }: EventBarProps) {
  const styles = useStyles();
  const [, navigate] = useLocation();
  const isNewest = useLiveView(({ newest }) => newest !== null && sequence !== null && sequence >= newest);
  return (
    <div className={styles.bar}>
      <Link href="/" className={styles.back}>
        <ArrowLeft20Regular aria-hidden="true" /> All events
      </Link>
      {sequence !== null && (
        <span className={styles.steps}>
          {/* They can be in focus though there is no way, so that the focus stays where one steps to the end. */}
          <Tooltip content="The event before" relationship="label">
            <Button
              appearance="subtle"
              icon={<ChevronLeft20Regular />}
              disabledFocusable={!known || sequence <= 1}
              onClick={() => navigate(`/events/${sequence - 1}`)}
            />
          </Tooltip>
          <Tooltip content="The event after" relationship="label">
            <Button
              appearance="subtle"
              icon={<ChevronRight20Regular />}
              disabledFocusable={!known || isNewest}
              onClick={() => navigate(`/events/${sequence + 1}`)}
            />
          </Tooltip>
        </span>
      )}
    </div>
  );
}

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    minHeight: '40px',
    marginBottom: '-12px',
  },
  back: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: '6px',
    color: tokens.colorNeutralForeground2,
    textDecorationLine: 'none',
    ':hover': { color: tokens.colorNeutralForeground1, textDecorationLine: 'underline' },
  },
  steps: { display: 'inline-flex' },
});
