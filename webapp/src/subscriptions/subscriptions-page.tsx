import {
  Button,
  makeStyles,
  MessageBar,
  MessageBarBody,
  Spinner,
  Text,
  tokens,
} from '@fluentui/react-components';
import { Add20Regular } from '@fluentui/react-icons/svg/add';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Subscription } from '../../../src/http/schemas/subscriptions.ts';
import { allSubscriptions, renewSubscription } from '../api/hub.ts';
import { Trouble } from '../frame/trouble.tsx';
import { usePageTitle } from '../frame/use-page-title.ts';
import { useNow } from '../screen/use-now.ts';
import { useMayAct } from '../session/session-context.ts';
import { duration } from '../words/times.ts';
import { CreateDialog } from './create-dialog.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { SubscriptionRow } from './subscription-row.tsx';

export function SubscriptionsPage() {
  const styles = useStyles();
  usePageTitle('Subscriptions');
  const nowMs = useNow(1_000);
  const client = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ['subscriptions'],
    queryFn: allSubscriptions,
    refetchInterval: 5_000,
  });
  const [creating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState<Subscription | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const mayCreate = useMayAct('admin');
  const renew = useMutation({
    mutationFn: (subscription: Subscription) => renewSubscription(subscription.key),
    onSuccess: (renewed) => setSaid(renewedWords(renewed)),
    onSettled: () => client.invalidateQueries({ queryKey: ['subscriptions'] }),
  });

  return (
    <div className={styles.scroll}>
      <div className={styles.page}>
        <div className={styles.head}>
          <h1 className={styles.title}>Subscriptions</h1>
          {mayCreate && (
            <Button appearance="primary" icon={<Add20Regular />} onClick={() => setCreating(true)}>
              Create
            </Button>
          )}
        </div>
        <output>
          {said !== null && (
            <MessageBar intent="info" layout="multiline">
              <MessageBarBody>{said}</MessageBarBody>
            </MessageBar>
          )}
        </output>
        {renew.error && <Trouble title="It could not be renewed" error={renew.error} />}
        {error && <Trouble title="The subscriptions cannot be read just now" error={error} />}
        {!data && !error && <Spinner label="Reading the subscriptions" />}
        {data?.length === 0 && <NoSubscriptions mayCreate={mayCreate} onCreate={() => setCreating(true)} />}
        {data !== undefined && data.length > 0 && (
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
              {data.map((subscription) => (
                <SubscriptionRow
                  key={subscription.key}
                  subscription={subscription}
                  nowMs={nowMs}
                  renewing={renew.isPending && renew.variables.key === subscription.key}
                  onRenew={() => renew.mutate(subscription)}
                  onDelete={() => setDeleting(subscription)}
                />
              ))}
            </tbody>
          </table>
        )}
        {creating && (
          <CreateDialog
            onClose={() => setCreating(false)}
            onCreated={(created) => {
              setCreating(false);
              setSaid(createdWords(created));
            }}
          />
        )}
        {deleting !== null && (
          <DeleteDialog
            subscription={deleting}
            onClose={() => setDeleting(null)}
            onDeleted={(gone) => {
              setSaid(
                gone
                  ? `The subscription to ${deleting.resource} is deleted.`
                  : `Graph could not be asked to delete ${deleting.resource}; the hub goes on trying.`,
              );
              setDeleting(null);
            }}
          />
        )}
      </div>
    </div>
  );
}

function createdWords({ resource, status, reason }: Subscription): string {
  return status === 'creating'
    ? `${resource}: Graph could not be asked yet, the hub goes on trying.${reason === null ? '' : ` ${reason.message}`}`
    : `Graph accepted the subscription to ${resource}.`;
}

function renewedWords({ resource, status, expiresAt, reason }: Subscription): string {
  if (status !== 'active' || expiresAt === null)
    return `${resource} is ${status}.${reason === null ? '' : ` ${reason.message} ${reason.remedy}`}`;
  return `${resource} is renewed and expires in ${duration(Date.parse(expiresAt) - Date.now())}.`;
}

function NoSubscriptions({ mayCreate, onCreate }: { mayCreate: boolean; onCreate: () => void }) {
  const styles = useStyles();
  return (
    <div className={styles.empty}>
      <Text size={400} weight="semibold">
        Nothing is watched yet
      </Text>
      <Text className={styles.faint}>
        A subscription names what to watch in Microsoft 365: a mailbox, a calendar, a chat. Its changes then
        appear as events.
      </Text>
      {mayCreate ? (
        <Button appearance="primary" onClick={onCreate}>
          Create the first one
        </Button>
      ) : (
        <Text className={styles.faint}>Somebody with the role admin can create one.</Text>
      )}
    </div>
  );
}

const useStyles = makeStyles({
  scroll: { height: '100%', overflow: 'auto' },
  page: {
    maxWidth: '1200px',
    margin: '0 auto',
    padding: '16px 24px 48px',
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    gap: '12px',
    '@media (max-width: 760px)': { padding: '12px 16px 32px' },
  },
  head: { display: 'flex', alignItems: 'center', justifyContent: 'space-between' },
  title: {
    margin: 0,
    fontSize: tokens.fontSizeBase500,
    lineHeight: tokens.lineHeightBase500,
    fontWeight: tokens.fontWeightSemibold,
  },
  table: { width: '100%', borderCollapse: 'collapse', '@media (max-width: 760px)': { display: 'block' } },
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
    '@media (max-width: 760px)': {
      position: 'absolute',
      width: '1px',
      height: '1px',
      overflow: 'hidden',
      clipPath: 'inset(50%)',
    },
  },
  body: { '@media (max-width: 760px)': { display: 'block' } },
  spoken: { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' },
  empty: { display: 'grid', justifyItems: 'center', gap: '12px', padding: '64px 16px', textAlign: 'center' },
  faint: { color: tokens.colorNeutralForeground2, maxWidth: '46ch' },
});
