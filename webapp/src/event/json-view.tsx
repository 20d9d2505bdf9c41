import { makeStyles, tokens } from '@fluentui/react-components';
import { useMemo } from 'react';
import { jsonTokens } from './json-tokens.ts';

/** Colours cost an element a token; beyond this many characters the text is shown plain. */
const MOST_COLOURED = 100_000;

export function JsonView({ json }: { json: string }) {
  const styles = useStyles();
  const pieces = useMemo(() => (json.length > MOST_COLOURED ? null : jsonTokens(json)), [json]);
  return (
    // Long lines scroll sideways, which the keyboard must be able to do too.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className={styles.json} tabIndex={0} aria-label="The event's data as JSON">
      {pieces === null
        ? json
        : pieces.map(({ kind, text }, index) =>
            kind === 'plain' ? (
              text
            ) : (
              // The pieces of a text have no name but their place in it.
              // oxlint-disable-next-line react/no-array-index-key
              <span key={index} className={styles[kind]}>
                {text}
              </span>
            ),
          )}
    </pre>
  );
}

const useStyles = makeStyles({
  json: {
    margin: 0,
    padding: '14px 16px',
    overflow: 'auto',
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackground3,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    lineHeight: '1.55',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  name: { color: tokens.colorBrandForeground1 },
  string: { color: tokens.colorNeutralForeground1 },
  number: { color: tokens.colorPaletteDarkOrangeForeground1 },
  word: { color: tokens.colorPaletteBerryForeground1 },
});
