import { Button, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import type { OlderState } from './use-older.ts';

interface ListFootProps {
  state: OlderState;
  /** Older lines are not asked for by scrolling while a filter hides most of them. */
  byButton: boolean;
  onLoad: () => void;
}

export function ListFoot({ state, byButton, onLoad }: ListFootProps) {
  const styles = useStyles();
  return (
    <output className={styles.foot}>
      {state === 'loading' && <Spinner size="tiny" label="Reading older events" />}
      {state === 'end' && 'That is every event that is kept.'}
      {state === 'full' &&
        'This list shows no more than 20,000 events. The command line reads further: heliograph events list.'}
      {state === 'failed' && (
        <>
          Older events could not be read. <Button onClick={onLoad}>Try again</Button>
        </>
      )}
      {state === 'idle' && byButton && <Button onClick={onLoad}>Look through older events</Button>}
    </output>
  );
}

const useStyles = makeStyles({
  foot: {
    minHeight: '24px',
    padding: '14px 16px',
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'center',
    gap: '12px',
    color: tokens.colorNeutralForeground3,
  },
});
