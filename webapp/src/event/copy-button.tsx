import { Button, makeStyles, Tooltip } from '@fluentui/react-components';
import { Checkmark16Regular } from '@fluentui/react-icons/svg/checkmark';
import { Copy16Regular } from '@fluentui/react-icons/svg/copy';
import { useEffect, useState } from 'react';
import { SPOKEN_ONLY } from '../screen/spoken-only.ts';

interface CopyButtonProps {
  label: string;
  text: string | (() => string);
  /** The label stands on the button, beside the icon. */
  words?: boolean;
}

const SAID_MS = 2_000;

/** Puts a text on the clipboard and says whether that worked: pages without https may not. */
export function CopyButton({ label, text, words = false }: CopyButtonProps) {
  const styles = useStyles();
  const [said, setSaid] = useState<'Copied' | 'The browser does not allow copying here' | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);

  function copy(): void {
    // Undefined outside of a secure context, whatever its type says.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    const copied =
      clipboard?.writeText(typeof text === 'string' ? text : text()) ?? Promise.reject(new Error());
    copied.then(
      () => setSaid('Copied'),
      () => setSaid('The browser does not allow copying here'),
    );
  }

  const icon = said === 'Copied' ? <Checkmark16Regular /> : <Copy16Regular />;
  return (
    <>
      {words ? (
        <Button appearance="subtle" size="small" icon={icon} onClick={copy}>
          {said ?? label}
        </Button>
      ) : (
        <Tooltip content={said ?? label} relationship="label">
          <Button appearance="subtle" size="small" icon={icon} onClick={copy} />
        </Tooltip>
      )}
      <output className={styles.spoken}>{said}</output>
    </>
  );
}

const useStyles = makeStyles({ spoken: SPOKEN_ONLY });
