import { makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { EventsPage } from '../events/events-page.tsx';
import { Header } from './header.tsx';
import { NotFoundPage } from './not-found-page.tsx';

const EventPage = lazy(async () => ({ default: (await import('../event/event-page.tsx')).EventPage }));
const SubscriptionsPage = lazy(async () => ({
  default: (await import('../subscriptions/subscriptions-page.tsx')).SubscriptionsPage,
}));
const SetAsidePage = lazy(async () => ({
  default: (await import('../set-aside/set-aside-page.tsx')).SetAsidePage,
}));

export function Frame() {
  const styles = useStyles();
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#content">
        Skip to the content
      </a>
      <Header />
      <main id="content" className={styles.main} tabIndex={-1}>
        <Suspense fallback={<Spinner className={styles.loading} label="Loading" />}>
          <Switch>
            <Route path="/" component={EventsPage} />
            <Route path="/events" component={EventsPage} />
            <Route path="/events/:sequence">{({ sequence }) => <EventPage sequence={sequence} />}</Route>
            <Route path="/subscriptions/:key?">
              {({ key }) => <SubscriptionsPage wanted={key ?? null} />}
            </Route>
            <Route path="/set-aside" component={SetAsidePage} />
            <Route component={NotFoundPage} />
          </Switch>
        </Suspense>
      </main>
    </div>
  );
}

const useStyles = makeStyles({
  // Neither the window nor the frame scrolls, whatever is in focus: only what is inside of a page.
  frame: {
    position: 'fixed',
    inset: 0,
    overflow: 'clip',
    display: 'grid',
    gridTemplateRows: 'auto minmax(0, 1fr)',
    backgroundColor: tokens.colorNeutralBackground1,
  },
  main: { position: 'relative', minHeight: 0, minWidth: 0, outline: 'none', overflow: 'clip' },
  loading: { height: '50%' },
  skip: {
    position: 'absolute',
    left: '8px',
    top: '-48px',
    zIndex: 10,
    padding: '8px 12px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground1,
    color: tokens.colorBrandForegroundLink,
    ':focus': { top: '8px', boxShadow: tokens.shadow16 },
  },
});
