import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Subscription } from '../../../src/http/schemas/subscriptions.ts';
import { deleteSubscription } from '../api/hub.ts';
import { Trouble } from '../frame/trouble.tsx';
import { useDangerStyles } from './danger-styles.ts';

interface DeleteDialogProps {
  subscription: Subscription;
  onClose: () => void;
  /** @param gone false while Graph cannot be asked */
  onDeleted: (gone: boolean) => void;
}

export function DeleteDialog({ subscription, onClose, onDeleted }: DeleteDialogProps) {
  const client = useQueryClient();
  const danger = useDangerStyles();
  const remove = useMutation({
    mutationFn: () => deleteSubscription(subscription.key),
    onSuccess(gone) {
      void client.invalidateQueries({ queryKey: ['subscriptions'] });
      onDeleted(gone);
    },
  });
  return (
    <Dialog modalType="alert" open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>Delete this subscription?</DialogTitle>
          <DialogContent>
            Changes in <code>{subscription.resource}</code> will no longer be seen. Events that are in the log
            stay there.
            {remove.error && <Trouble title="It could not be deleted" error={remove.error} />}
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose}>Keep it</Button>
            <Button
              appearance="primary"
              className={remove.isPending ? undefined : danger.filled}
              disabledFocusable={remove.isPending}
              onClick={() => remove.mutate()}
            >
              {remove.isPending ? 'Deleting' : 'Delete'}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
