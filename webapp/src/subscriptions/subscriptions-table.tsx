import { makeStyles, tokens } from '@fluentui/react-components';
import type { Subscription } from '../../../src/http/schemas/subscriptions.ts';
import { SPOKEN_ONLY } from '../screen/spoken-only.ts';
import { SubscriptionRow } from './subscription-row.tsx';

interface SubscriptionsTableProps {
  subscriptions: readonly Subscription[];
  nowMs: number;
  /** The key of the one that was asked for by its address. */
  wanted: string | null;
  renewing: (subscription: Subscription) => boolean;
  onRenew: (subscription: Subscription) => void;
  onDelete: (subscription: Subscription) => void;
}

export function SubscriptionsTable(props: SubscriptionsTableProps) {
  const styles = useStyles();
  return (
    <table className={styles.table}>
      <thead className={styles.columns}>
        <tr>
          <th scope="col">Resource</th>
          <th scope="col">Changes</th>
          <th scope="col">Status</th>
          <th scope="col">Time left</th>
          <th scope="col">Last notification</th>
          <th scope="col">
            <span className={styles.spoken}>Actions</span>
          </th>
        </tr>
      </thead>
      <tbody className={styles.body}>
        {props.subscriptions.map((subscription) => (
          <SubscriptionRow
            key={subscription.key}
            subscription={subscription}
            nowMs={props.nowMs}
            wanted={subscription.key === props.wanted}
            renewing={props.renewing(subscription)}
            onRenew={() => props.onRenew(subscription)}
            onDelete={() => props.onDelete(subscription)}
          />
        ))}
      </tbody>
    </table>
  );
}

const NARROW = '@media (max-width: 760px)';

const useStyles = makeStyles({
  table: { width: '100%', borderCollapse: 'collapse', [NARROW]: { display: 'block' } },
  columns: {
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
    '& th': {
      textAlign: 'left',
      fontWeight: tokens.fontWeightRegular,
      padding: '6px 16px 6px 0',
      whiteSpace: 'nowrap',
    },
    // Read out, not shown: every cell carries its own label there.
    [NARROW]: SPOKEN_ONLY,
  },
  body: { [NARROW]: { display: 'block' } },
  spoken: SPOKEN_ONLY,
});
