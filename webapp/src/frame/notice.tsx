import { Button, MessageBar, MessageBarActions, MessageBarBody } from '@fluentui/react-components';
import { Dismiss20Regular } from '@fluentui/react-icons/svg/dismiss';

/** What came of an act; `warning` where it was not quite what was asked for. */
export interface Said {
  intent: 'success' | 'warning';
  text: string;
}

interface NoticeProps {
  said: Said | null;
  onDismiss: () => void;
}

/** Tells it, also to who listens, until it is dismissed or something else is to be told. */
export function Notice({ said, onDismiss }: NoticeProps) {
  return (
    <output>
      {said !== null && (
        <MessageBar intent={said.intent} layout="multiline" politeness="polite">
          <MessageBarBody>{said.text}</MessageBarBody>
          <MessageBarActions
            containerAction={
              <Button
                appearance="transparent"
                aria-label="Dismiss"
                icon={<Dismiss20Regular />}
                onClick={onDismiss}
              />
            }
          />
        </MessageBar>
      )}
    </output>
  );
}
