import { Button, MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components';
import { Add20Regular } from '@fluentui/react-icons/svg/add';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Subscription } from '../../../src/http/schemas/subscriptions.ts';
import { allSubscriptions, renewSubscription } from '../api/hub.ts';
import { Notice, type Said } from '../frame/notice.tsx';
import { Page, PageHead } from '../frame/page.tsx';
import { Trouble } from '../frame/trouble.tsx';
import { usePageTitle } from '../frame/use-page-title.ts';
import { useNow } from '../screen/use-now.ts';
import { useMayAct } from '../session/session-context.ts';
import { saidOfCreated, saidOfDeleted, saidOfRenewed } from './act-words.ts';
import { CreateDialog } from './create-dialog.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { NoSubscriptions } from './no-subscriptions.tsx';
import { SubscriptionsTable } from './subscriptions-table.tsx';

/** @param wanted the key of the one to point out, where the address names one */
export function SubscriptionsPage({ wanted = null }: { wanted?: string | null }) {
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
  const [said, setSaid] = useState<Said | null>(null);
  const mayCreate = useMayAct('admin');
  const renew = useMutation({
    mutationFn: (subscription: Subscription) => renewSubscription(subscription.key),
    onMutate: () => setSaid(null),
    onSuccess: (renewed) => setSaid(saidOfRenewed(renewed, Date.now())),
    onSettled: () => client.invalidateQueries({ queryKey: ['subscriptions'] }),
  });
  const missing = wanted !== null && data?.every(({ key }) => key !== wanted) === true;

  return (
    <Page wide>
      <PageHead
        title="Subscriptions"
        action={
          mayCreate && (
            <Button appearance="primary" icon={<Add20Regular />} onClick={() => setCreating(true)}>
              Create
            </Button>
          )
        }
      />
      <Notice said={said} onDismiss={() => setSaid(null)} />
      {missing && said === null && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>There is no subscription {wanted} any more.</MessageBarBody>
        </MessageBar>
      )}
      {renew.error && <Trouble title="It could not be renewed" error={renew.error} />}
      {error && <Trouble title="The subscriptions cannot be read just now" error={error} />}
      {!data && !error && <Spinner label="Reading the subscriptions" />}
      {data?.length === 0 && <NoSubscriptions mayCreate={mayCreate} onCreate={() => setCreating(true)} />}
      {data !== undefined && data.length > 0 && (
        <SubscriptionsTable
          subscriptions={data}
          nowMs={nowMs}
          wanted={wanted}
          renewing={({ key }) => renew.isPending && renew.variables.key === key}
          onRenew={(subscription) => renew.mutate(subscription)}
          onDelete={setDeleting}
        />
      )}
      {creating && (
        <CreateDialog
          onClose={() => setCreating(false)}
          onCreated={(created) => {
            setCreating(false);
            setSaid(saidOfCreated(created));
          }}
        />
      )}
      {deleting !== null && (
        <DeleteDialog
          subscription={deleting}
          onClose={() => setDeleting(null)}
          onDeleted={(gone) => {
            setSaid(saidOfDeleted(deleting, gone));
            setDeleting(null);
          }}
        />
      )}
    </Page>
  );
}
