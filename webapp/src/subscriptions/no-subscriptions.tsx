import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';

interface NoSubscriptionsProps {
  mayCreate: boolean;
  onCreate: () => void;
}

export function NoSubscriptions({ mayCreate, onCreate }: NoSubscriptionsProps) {
  const styles = useStyles();
  return (
    <div className={styles.empty}>
      <Text size={400} weight="semibold">
        Nothing is watched yet
      </Text>
      <Text align="center" className={styles.faint}>
        A subscription names what to watch in Microsoft 365: a mailbox, a calendar, a chat. Its changes then
        appear as events.
      </Text>
      {mayCreate ? (
        <Button appearance="primary" onClick={onCreate}>
          Create the first one
        </Button>
      ) : (
        <Text align="center" className={styles.faint}>
          Somebody with the role admin can create one.
        </Text>
      )}
    </div>
  );
}

const useStyles = makeStyles({
  empty: { display: 'grid', justifyItems: 'center', gap: '12px', padding: '64px 16px', textAlign: 'center' },
  faint: { color: tokens.colorNeutralForeground2, maxWidth: '46ch' },
});
