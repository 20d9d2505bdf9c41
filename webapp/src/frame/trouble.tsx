import { makeStyles, MessageBar, MessageBarBody, MessageBarTitle, tokens } from '@fluentui/react-components';
import { remedyOf } from '../api/request.ts';

interface TroubleProps {
  title: string;
  detail?: string;
  /** Said with what the hub advises, where it does. */
  error?: Error | null;
}

/** What went wrong, in whose words, and what to do. */
export function Trouble({ title, detail, error = null }: TroubleProps) {
  const styles = useStyles();
  const remedy = remedyOf(error);
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        <MessageBarTitle className={styles.title}>{title}</MessageBarTitle>
        {detail ?? error?.message}
        {remedy !== null && <div className={styles.remedy}>{remedy}</div>}
      </MessageBarBody>
    </MessageBar>
  );
}

const useStyles = makeStyles({
  title: { display: 'block' },
  remedy: { marginTop: '4px', color: tokens.colorNeutralForeground1 },
});
