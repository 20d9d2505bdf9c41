import { makeStyles, tokens } from '@fluentui/react-components';
import { Link } from 'wouter';
import { Page, PageHead } from './page.tsx';
import { usePageTitle } from './use-page-title.ts';

export function NotFoundPage() {
  const styles = useStyles();
  usePageTitle('No such page');
  return (
    <Page>
      <PageHead title="There is no such page" />
      <Link href="/" className={styles.link}>
        To the events
      </Link>
    </Page>
  );
}

const useStyles = makeStyles({ link: { justifySelf: 'start', color: tokens.colorBrandForegroundLink } });
