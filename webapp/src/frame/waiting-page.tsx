import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { HeliographMark } from './heliograph-mark.tsx';

/** Before it is known who is signed in. A moment normally, so it says nothing unless the hub does not answer. */
export function WaitingPage({ unreachable }: { unreachable: boolean }) {
  const styles = useStyles();
  return (
    <main className={styles.page} aria-busy="true">
      <HeliographMark size={44} />
      <output>{unreachable && <Text>The hub does not answer. Trying again every 2 seconds.</Text>}</output>
    </main>
  );
}

const useStyles = makeStyles({
  page: {
    height: '100%',
    display: 'grid',
    placeContent: 'center',
    justifyItems: 'center',
    gap: '16px',
    color: tokens.colorNeutralForeground3,
  },
});
