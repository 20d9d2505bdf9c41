import { Button, makeStyles, mergeClasses, tokens, Tooltip } from '@fluentui/react-components';
import { ArrowClockwise20Regular } from '@fluentui/react-icons/svg/arrow-clockwise';
import { Delete20Regular } from '@fluentui/react-icons/svg/delete';
import { useEffect, useRef } from 'react';
import type { Subscription } from '../../../src/http/schemas/subscriptions.ts';
import { useMayAct } from '../session/session-context.ts';
import { Breakable } from '../words/breakable.tsx';
import { shortenMiddle, shortenPath } from '../../../src/core/shorten.ts';
import { ago, fullTime } from '../words/times.ts';
import { useDangerStyles } from './danger-styles.ts';
import { StatusLabel } from './status-label.tsx';
import { TimeLeftBar } from './time-left-bar.tsx';

interface SubscriptionRowProps {
  subscription: Subscription;
  nowMs: number;
  /** It is what the address asks for: it is brought into view and marked. */
  wanted: boolean;
  renewing: boolean;
  onRenew: () => void;
  onDelete: () => void;
}

/** A line of the table, and below it, where it is not well, why and what to do. */
export function SubscriptionRow(props: SubscriptionRowProps) {
  const { subscription, nowMs, wanted, renewing, onRenew, onDelete } = props;
  const styles = useStyles();
  const danger = useDangerStyles();
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (wanted) row.current?.scrollIntoView({ block: 'center' });
  }, [wanted]);
  const mayRenew = useMayAct('operator');
  const mayDelete = useMayAct('admin');
  const { resource, key, changeTypes, fetch, status, reason, lastNotificationAt } = subscription;
  return (
    <>
      <tr
        ref={row}
        className={mergeClasses(styles.row, reason !== null && styles.withReason, wanted && styles.wanted)}
        {...(wanted && { 'aria-current': 'true' as const })}
      >
        <th scope="row" className={styles.resource}>
          <span className={styles.path} title={resource}>
            <Breakable text={shortenPath(resource, 28)} />
          </span>
          <span className={styles.key} title={`${key}, tenant ${subscription.tenant}`}>
            {shortenMiddle(key, 24)}
          </span>
        </th>
        <td className={styles.cell} data-label="Changes">
          {changeTypes.join(', ')}
          <span className={styles.faint}>fetch: {fetch}</span>
        </td>
        <td className={styles.cell} data-label="Status">
          <StatusLabel status={status} />
        </td>
        <td className={mergeClasses(styles.cell, styles.left)} data-label="Time left">
          <TimeLeftBar subscription={subscription} nowMs={nowMs} />
        </td>
        <td className={styles.cell} data-label="Last notification">
          {lastNotificationAt === null ? (
            <span className={styles.quiet}>none yet</span>
          ) : (
            <time dateTime={lastNotificationAt} title={fullTime(lastNotificationAt)}>
              {ago(lastNotificationAt, nowMs)}
            </time>
          )}
        </td>
        <td className={styles.actions}>
          {mayRenew && (
            <Tooltip content={`Renew ${resource}`} relationship="label">
              <Button
                appearance="subtle"
                icon={<ArrowClockwise20Regular />}
                disabledFocusable={renewing || status === 'deleting'}
                onClick={onRenew}
              />
            </Tooltip>
          )}
          {mayDelete && (
            <Tooltip content={`Delete ${resource}`} relationship="label">
              <Button
                appearance="subtle"
                className={status === 'deleting' ? undefined : danger.subtle}
                icon={<Delete20Regular />}
                disabledFocusable={status === 'deleting'}
                onClick={onDelete}
              />
            </Tooltip>
          )}
        </td>
      </tr>
      {reason !== null && (
        <tr className={styles.reasonRow}>
          <td colSpan={6} className={styles.reasonCell}>
            <p className={styles.reason}>
              {reason.message} <span className={styles.quiet}>({ago(reason.since, nowMs)})</span>
            </p>
            <p className={mergeClasses(styles.reason, styles.remedy)}>{reason.remedy}</p>
          </td>
        </tr>
      )}
    </>
  );
}

const NARROW = '@media (max-width: 760px)';

const useStyles = makeStyles({
  row: {
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    [NARROW]: {
      position: 'relative',
      display: 'grid',
      gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)',
      gap: '10px 16px',
      padding: '14px 0',
    },
  },
  // Drawn beside the line, whose cells begin at the edge of the column.
  wanted: {
    backgroundColor: tokens.colorNeutralBackground1Selected,
    boxShadow: `8px 0 0 ${tokens.colorNeutralBackground1Selected}, -8px 0 0 ${tokens.colorNeutralBackground1Selected}, -11px 0 0 ${tokens.colorCompoundBrandStroke}`,
  },
  withReason: { [NARROW]: { paddingBottom: '4px' } },
  resource: {
    padding: '10px 16px 10px 0',
    textAlign: 'left',
    fontWeight: tokens.fontWeightRegular,
    [NARROW]: { gridColumn: '1 / 3', padding: '0 72px 0 0' },
  },
  path: { display: 'block', fontFamily: tokens.fontFamilyMonospace, overflowWrap: 'anywhere' },
  key: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3 },
  cell: {
    padding: '10px 16px 10px 0',
    verticalAlign: 'middle',
    [NARROW]: {
      padding: 0,
      '::before': {
        content: 'attr(data-label)',
        display: 'block',
        fontSize: tokens.fontSizeBase200,
        color: tokens.colorNeutralForeground3,
      },
    },
  },
  left: { minWidth: '200px', [NARROW]: { gridColumn: '1 / 3', minWidth: 0 } },
  actions: {
    textAlign: 'right',
    whiteSpace: 'nowrap',
    [NARROW]: { position: 'absolute', right: '-6px', top: '8px' },
  },
  faint: { display: 'block', fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3 },
  quiet: { color: tokens.colorNeutralForeground3 },
  reasonRow: { [NARROW]: { display: 'block' } },
  reasonCell: {
    padding: '0 0 12px',
    [NARROW]: { display: 'block' },
  },
  reason: {
    margin: 0,
    padding: '6px 12px 1px',
    borderLeft: `3px solid ${tokens.colorPaletteRedBorderActive}`,
    backgroundColor: tokens.colorNeutralBackground3,
    overflowWrap: 'anywhere',
  },
  remedy: { padding: '1px 12px 6px', color: tokens.colorNeutralForeground2 },
});
