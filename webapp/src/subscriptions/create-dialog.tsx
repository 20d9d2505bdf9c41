import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  makeStyles,
  Radio,
  RadioGroup,
  tokens,
} from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { NewSubscription, Subscription } from '../../../src/http/schemas/subscriptions.ts';
import { createSubscription } from '../api/hub.ts';
import { ApiError } from '../api/request.ts';
import { CopyButton } from '../event/copy-button.tsx';
import { Trouble } from '../frame/trouble.tsx';
import { cliLine } from './cli-line.ts';

const CHANGES = ['created', 'updated', 'deleted'] as const;
type Change = (typeof CHANGES)[number];

interface CreateDialogProps {
  onClose: () => void;
  onCreated: (subscription: Subscription) => void;
}

/** Asks for what the hub cannot know itself. Nothing chosen means the hub's default, as on the command line. */
export function CreateDialog({ onClose, onCreated }: CreateDialogProps) {
  const styles = useStyles();
  const client = useQueryClient();
  const [resource, setResource] = useState('');
  const [changes, setChanges] = useState<readonly Change[]>([]);
  const [fetch, setFetch] = useState<'get' | 'none'>('get');
  const wanted: NewSubscription = {
    resource: resource.trim(),
    ...(changes.length > 0 && { changeTypes: CHANGES.filter((each) => changes.includes(each)) }),
    ...(fetch !== 'get' && { fetch }),
  };
  const create = useMutation({
    mutationFn: () => createSubscription(wanted),
    onSuccess(subscription) {
      void client.invalidateQueries({ queryKey: ['subscriptions'] });
      onCreated(subscription);
    },
  });

  /** What was refused is not what is asked for now. */
  function change(set: () => void): void {
    set();
    if (!create.isPending) create.reset();
  }

  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface aria-label="Create a subscription">
        <form
          onSubmit={(submitted) => {
            submitted.preventDefault();
            if (wanted.resource !== '' && !create.isPending) create.mutate();
          }}
        >
          <DialogBody>
            <DialogTitle>Create a subscription</DialogTitle>
            <DialogContent className={styles.content}>
              <Field
                label="Resource"
                required
                hint="A path of Microsoft Graph, such as users/{id}/messages or chats/{id}/messages"
              >
                <Input
                  value={resource}
                  onChange={(_, { value }) => change(() => setResource(value))}
                  placeholder="users/{id or principal name}/messages"
                  className={styles.path}
                  spellCheck={false}
                  autoCapitalize="off"
                  autoComplete="off"
                />
              </Field>
              <Field label="Changes" hint="None chosen: all that Graph tells of for this resource">
                <fieldset className={styles.changes}>
                  {CHANGES.map((kind) => (
                    <Checkbox
                      key={kind}
                      label={kind}
                      checked={changes.includes(kind)}
                      onChange={(_, { checked }) =>
                        change(() =>
                          setChanges(
                            checked === true ? [...changes, kind] : changes.filter((each) => each !== kind),
                          ),
                        )
                      }
                    />
                  ))}
                </fieldset>
              </Field>
              <Field label="Fetch">
                <RadioGroup
                  value={fetch}
                  onChange={(_, { value }) => change(() => setFetch(value === 'none' ? 'none' : 'get'))}
                >
                  <Radio value="get" label="The changed resource, so that events carry it" />
                  <Radio value="none" label="Nothing, so that events only say that something changed" />
                </RadioGroup>
              </Field>
              {create.error && <Trouble title={titleOf(create.error)} error={create.error} />}
              <div className={styles.cli}>
                <span className={styles.cliHead}>
                  The same on the command line
                  <CopyButton label="Copy the command" text={cliLine(wanted)} />
                </span>
                <code className={styles.command}>
                  {cliLine(wanted.resource === '' ? { ...wanted, resource: 'RESOURCE' } : wanted)}
                </code>
              </div>
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>Cancel</Button>
              <Button
                type="submit"
                appearance="primary"
                disabledFocusable={wanted.resource === '' || create.isPending}
              >
                {create.isPending ? 'Asking Graph' : 'Create'}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}

function titleOf(error: Error): string {
  if (!(error instanceof ApiError)) return 'It could not be created';
  if (error.status === 422) return 'Graph refused it; nothing was created';
  if (error.status === 409) return 'This is watched already';
  if (error.status === 400) return 'The hub cannot watch that';
  return 'It could not be created';
}

const useStyles = makeStyles({
  content: { display: 'grid', gap: '16px', paddingTop: '4px' },
  path: { fontFamily: tokens.fontFamilyMonospace },
  changes: { display: 'flex', flexWrap: 'wrap', margin: 0, padding: 0, border: 'none' },
  cli: { display: 'grid', gap: '4px', gridTemplateColumns: 'minmax(0, 1fr)' },
  cliHead: {
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'space-between',
    color: tokens.colorNeutralForeground3,
  },
  command: {
    padding: '8px 10px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
  },
});
