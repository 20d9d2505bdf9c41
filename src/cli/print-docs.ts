import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { printConfigurationPage, printEnvSample } from '../config/print.ts';

/* Run by hand after the table of settings has changed: `node src/cli/print-docs.ts`. */

const PRINTED = {
  '.env.sample': printEnvSample(),
  'docs/configuration.md': printConfigurationPage(),
};

for (const [path, text] of Object.entries(PRINTED)) {
  writeFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), text);
  process.stdout.write(`printed ${path}\n`);
}
