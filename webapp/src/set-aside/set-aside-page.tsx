import { Button, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { ArrowClockwise20Regular } from '@fluentui/react-icons/svg/arrow-clockwise';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { runSetAside } from '../api/hub.ts';
import { Notice } from '../frame/notice.tsx';
import { Page, PageHead } from '../frame/page.tsx';
import { Trouble } from '../frame/trouble.tsx';
import { usePageTitle } from '../frame/use-page-title.ts';
import { useNow } from '../screen/use-now.ts';
import { useMayAct } from '../session/session-context.ts';
import { Breakable } from '../words/breakable.tsx';
import { shortenPath } from '../../../src/core/shorten.ts';
import { ago, count, fullTime } from '../words/times.ts';
import { useSetAside } from './use-set-aside.ts';

/** Notifications that cannot become events as things stand: why, and to run them again once the cause is mended. */
export function SetAsidePage() {
  const styles = useStyles();
  usePageTitle('Set aside');
  const nowMs = useNow(5_000);
  const client = useQueryClient();
  const mayRun = useMayAct('operator');
  const { data, error } = useSetAside();
  const run = useMutation({
    mutationFn: (ids: readonly number[] | null) => runSetAside(ids),
    onSettled: () => client.invalidateQueries({ queryKey: ['set-aside'] }),
  });
  return (
    <Page>
      <PageHead
        title="Set aside"
        lead="Notifications that cannot become events as things stand. Mend the cause, then run them again."
        action={
          mayRun &&
          data !== undefined &&
          data.items.length > 0 && (
            <Button
              icon={<ArrowClockwise20Regular />}
              disabledFocusable={run.isPending}
              onClick={() => run.mutate(null)}
            >
              Run all again
            </Button>
          )
        }
      />
      <Notice
        said={
          run.data
            ? {
                intent: 'success',
                text: `${count(run.data.ran)} put back into the inbox. What fails again comes back here.`,
              }
            : null
        }
        onDismiss={() => run.reset()}
      />
      {run.error && <Trouble title="They could not be run again" error={run.error} />}
      {error && <Trouble title="What was set aside cannot be read just now" error={error} />}
      {!data && !error && <Spinner label="Reading what was set aside" />}
      {data?.items.length === 0 && <Text className={styles.empty}>Nothing is set aside.</Text>}
      <ul className={styles.list}>
        {data?.items.map((item) => (
          <li key={item.id} className={styles.item}>
            <div className={styles.words}>
              <span>
                {item.message} <span className={styles.code}>{item.code}</span>
              </span>
              <span className={styles.meta}>
                {item.resource !== null && (
                  <span className={styles.path} title={item.resource}>
                    <Breakable text={shortenPath(item.resource)} />
                  </span>
                )}
                {item.subscription !== null && <span>subscription {item.subscription}</span>}
                <time dateTime={item.setAsideAt} title={`Accepted ${fullTime(item.acceptedAt)}`}>
                  {ago(item.setAsideAt, nowMs)}
                </time>
              </span>
            </div>
            {mayRun && (
              <Button
                className={styles.run}
                size="small"
                disabledFocusable={run.isPending}
                onClick={() => run.mutate([item.id])}
              >
                Run again
              </Button>
            )}
          </li>
        ))}
      </ul>
      {data !== undefined && data.next !== null && (
        <Text className={styles.faint}>There are more, older ones.</Text>
      )}
    </Page>
  );
}

const useStyles = makeStyles({
  faint: { color: tokens.colorNeutralForeground2 },
  empty: { padding: '32px 0', color: tokens.colorNeutralForeground2 },
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  item: {
    display: 'flex',
    alignItems: 'center',
    gap: '16px',
    padding: '10px 0',
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  words: { display: 'grid', gap: '2px', minWidth: 0, marginRight: 'auto', overflowWrap: 'anywhere' },
  code: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
  },
  meta: {
    display: 'flex',
    flexWrap: 'wrap',
    columnGap: '14px',
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground3,
  },
  run: { flexShrink: 0, whiteSpace: 'nowrap' },
  path: { fontFamily: tokens.fontFamilyMonospace },
});
