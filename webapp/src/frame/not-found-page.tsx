import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { Link } from 'wouter';
import { usePageTitle } from './use-page-title.ts';

export function NotFoundPage() {
  const styles = useStyles();
  usePageTitle('No such page');
  return (
    <div className={styles.page}>
      <Text as="h1" size={500} weight="semibold" block>
        There is no such page
      </Text>
      <Link href="/" className={styles.link}>
        To the events
      </Link>
    </div>
  );
}

const useStyles = makeStyles({
  page: { padding: '32px 24px', display: 'grid', gap: '8px', justifyItems: 'start' },
  link: { color: tokens.colorBrandForegroundLink },
});
