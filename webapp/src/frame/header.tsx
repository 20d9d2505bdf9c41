import { Button, makeStyles, mergeClasses, Tooltip, tokens } from '@fluentui/react-components';
import { SignOut20Regular } from '@fluentui/react-icons/svg/sign-out';
import { Link, useLocation } from 'wouter';
import { useSession } from '../session/session-context.ts';
import { useSignOut } from '../session/use-session.ts';
import { useSetAside } from '../set-aside/use-set-aside.ts';
import { count } from '../words/times.ts';
import { ConnectionStatus } from './connection-status.tsx';
import { HeliographMark } from './heliograph-mark.tsx';
import { ModeStatus } from './mode-status.tsx';

export function Header() {
  const styles = useStyles();
  const session = useSession();
  const signOut = useSignOut();
  const setAside = useSetAside().data?.items.length ?? 0;
  return (
    <header className={styles.header}>
      <Link href="/" className={styles.brand} aria-label="Heliograph, to the events">
        <HeliographMark />
        <span className={styles.name}>Heliograph</span>
      </Link>
      <nav className={styles.nav} aria-label="Pages">
        <Tab href="/" also="/events">
          Events
        </Tab>
        <Tab href="/subscriptions" also="/subscriptions/">
          Subscriptions
        </Tab>
        {setAside > 0 && (
          <Tab href="/set-aside">
            Set aside <span className={styles.count}>{count(setAside)}</span>
          </Tab>
        )}
      </nav>
      <div className={styles.state}>
        <ConnectionStatus />
        <ModeStatus />
        <Tooltip content={`Sign out (${session.name}, ${session.role})`} relationship="label">
          <Button appearance="subtle" icon={<SignOut20Regular />} onClick={signOut} />
        </Tooltip>
      </div>
    </header>
  );
}

function Tab({ href, also, children }: { href: string; also?: string; children: React.ReactNode }) {
  const styles = useStyles();
  const [path] = useLocation();
  const here = path === href || (also !== undefined && path.startsWith(also));
  return (
    <Link
      href={href}
      className={mergeClasses(styles.tab, here && styles.tabHere)}
      {...(here && { 'aria-current': path === href ? ('page' as const) : ('true' as const) })}
    >
      {children}
    </Link>
  );
}

const useStyles = makeStyles({
  header: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '20px',
    minHeight: '48px',
    padding: '0 12px 0 16px',
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground2,
    '@media (max-width: 760px)': { flexWrap: 'wrap', columnGap: '8px', padding: '4px 4px 0 12px' },
  },
  brand: {
    display: 'inline-flex',
    alignItems: 'center',
    gap: '8px',
    color: tokens.colorNeutralForeground1,
    textDecorationLine: 'none',
    borderRadius: tokens.borderRadiusMedium,
  },
  name: { fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold, letterSpacing: '-0.01em' },
  nav: {
    display: 'flex',
    alignSelf: 'stretch',
    '@media (max-width: 760px)': { order: 3, width: '100%', height: '40px', overflowX: 'auto' },
  },
  tab: {
    position: 'relative',
    display: 'inline-flex',
    alignItems: 'center',
    gap: '6px',
    padding: '0 12px',
    whiteSpace: 'nowrap',
    color: tokens.colorNeutralForeground2,
    textDecorationLine: 'none',
    ':hover': { color: tokens.colorNeutralForeground1 },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-4px' },
    '@media (max-width: 760px)': { ':first-child': { marginLeft: '-12px' } },
  },
  tabHere: {
    color: tokens.colorNeutralForeground1,
    fontWeight: tokens.fontWeightSemibold,
    '::after': {
      content: '""',
      position: 'absolute',
      insetInline: '12px',
      bottom: '-1px',
      height: '2px',
      borderRadius: '1px',
      backgroundColor: tokens.colorCompoundBrandStroke,
    },
  },
  count: {
    minWidth: '18px',
    padding: '0 5px',
    boxSizing: 'border-box',
    textAlign: 'center',
    borderRadius: tokens.borderRadiusCircular,
    fontSize: tokens.fontSizeBase200,
    fontWeight: tokens.fontWeightSemibold,
    color: tokens.colorPaletteDarkOrangeForeground2,
    backgroundColor: tokens.colorPaletteDarkOrangeBackground2,
  },
  state: { display: 'flex', alignItems: 'center', gap: '4px', marginLeft: 'auto' },
});
