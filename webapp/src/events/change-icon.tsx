import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { Add16Regular } from '@fluentui/react-icons/svg/add';
import { Delete16Regular } from '@fluentui/react-icons/svg/delete';
import { Edit16Regular } from '@fluentui/react-icons/svg/edit';
import { Flash16Regular } from '@fluentui/react-icons/svg/flash';

/** What kind of change it was, as a shape; the type beside it says it in words. */
export function ChangeIcon({ changeType }: { changeType: string | null }) {
  const styles = useStyles();
  const [Icon, colour] =
    changeType === 'created'
      ? [Add16Regular, styles.created]
      : changeType === 'updated'
        ? [Edit16Regular, styles.updated]
        : changeType === 'deleted'
          ? [Delete16Regular, styles.deleted]
          : [Flash16Regular, styles.other];
  return <Icon aria-hidden="true" className={mergeClasses(styles.icon, colour)} />;
}

const useStyles = makeStyles({
  icon: { flexShrink: 0, verticalAlign: 'middle' },
  created: { color: tokens.colorPaletteLightGreenForeground1 },
  updated: { color: tokens.colorBrandForeground1 },
  deleted: { color: tokens.colorPaletteRedForeground1 },
  other: { color: tokens.colorPaletteDarkOrangeForeground1 },
});
