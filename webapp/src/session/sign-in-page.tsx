import {
  Button,
  Field,
  Input,
  makeStyles,
  MessageBar,
  MessageBarBody,
  Text,
  tokens,
} from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { signIn } from '../api/hub.ts';
import { isUnauthenticated } from '../api/request.ts';
import { HeliographMark } from '../frame/heliograph-mark.tsx';
import { sessionStarted, type SignedOutBecause } from './use-session.ts';

const REASONS: Record<SignedOutBecause, string | null> = {
  not_yet: null,
  link_used:
    'This sign-in link has been used already, or it is from an earlier start. Sign in with the API key instead.',
  ended: 'Your session has ended. Sign in again to go on where you were.',
  signed_out: 'You are signed out.',
};

export function SignInPage({ because }: { because: SignedOutBecause }) {
  const styles = useStyles();
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const attempt = useMutation({
    mutationKey: ['sign-in'],
    mutationFn: (given: string) => signIn(given),
    onSuccess: (session) => sessionStarted(client, session),
    onError: () => input.current?.select(),
  });
  useEffect(() => {
    document.title = 'Sign in · Heliograph';
    input.current?.focus();
  }, []);
  const reason = REASONS[because];
  const wrong =
    attempt.error &&
    (isUnauthenticated(attempt.error) ? 'No key of this hub is like that.' : attempt.error.message);
  return (
    <main className={styles.page}>
      <form
        className={styles.form}
        aria-labelledby="sign-in-title"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          if (key.trim() === '') input.current?.focus();
          else attempt.mutate(key.trim());
        }}
      >
        <span className={styles.mark}>
          <HeliographMark size={44} />
        </span>
        <h1 id="sign-in-title" className={styles.title}>
          Heliograph
        </h1>
        <Text className={styles.lead}>Changes in Microsoft 365, the moment they are seen.</Text>
        {reason !== null && !attempt.error && (
          <MessageBar intent={because === 'link_used' ? 'warning' : 'info'} layout="multiline">
            <MessageBarBody>{reason}</MessageBarBody>
          </MessageBar>
        )}
        <Field label="API key" {...(wrong ? { validationState: 'error', validationMessage: wrong } : {})}>
          <Input
            input={{ ref: input }}
            type="password"
            name="api-key"
            autoComplete="current-password"
            size="large"
            value={key}
            onChange={(_, { value }) => setKey(value)}
          />
        </Field>
        <Button type="submit" appearance="primary" size="large" disabledFocusable={attempt.isPending}>
          {attempt.isPending ? 'Signing in' : 'Sign in'}
        </Button>
        <Text size={200} className={styles.hint}>
          The first administrator's key is what <code>ADMIN_API_KEY</code> was set to, or else in the file{' '}
          <code>admin-api-key</code> in the hub's data folder (<code>DATA_DIR</code>, by default{' '}
          <code>.heliograph</code>).
        </Text>
      </form>
    </main>
  );
}

const useStyles = makeStyles({
  page: {
    height: '100%',
    overflow: 'auto',
    display: 'grid',
    placeItems: 'center',
    padding: '24px 16px',
    boxSizing: 'border-box',
    backgroundColor: tokens.colorNeutralBackground2,
  },
  form: {
    width: '100%',
    maxWidth: '360px',
    boxSizing: 'border-box',
    display: 'grid',
    gap: '16px',
    padding: '32px 28px',
    borderRadius: tokens.borderRadiusXLarge,
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: tokens.shadow8,
  },
  mark: { color: tokens.colorNeutralForeground2, justifySelf: 'center', lineHeight: 0 },
  title: {
    margin: 0,
    textAlign: 'center',
    fontSize: tokens.fontSizeBase600,
    lineHeight: tokens.lineHeightBase600,
    fontWeight: tokens.fontWeightSemibold,
    letterSpacing: '-0.01em',
  },
  lead: { textAlign: 'center', color: tokens.colorNeutralForeground2, marginTop: '-12px' },
  hint: { color: tokens.colorNeutralForeground3 },
});
