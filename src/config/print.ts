import { SETTINGS } from '../config.ts';
import { HUB_ROLES } from '../core/role.ts';
import { fallbackText } from './describe-settings.ts';
import { SECTIONS, type Need, type Section, type Setting } from './setting.ts';

/* `.env.sample` and `docs/configuration.md`, printed from the table; `node src/cli/print-docs.ts` writes both. */

const ROWS: [string, Setting<unknown>][] = Object.entries(SETTINGS);
const LINE_WIDTH = 100;

function inSection(section: Section): [string, Setting<unknown>][] {
  return ROWS.filter(([, setting]) => setting.section === section);
}

function sections(): [Section, string][] {
  return Object.entries(SECTIONS) as [Section, string][];
}

/** Every setting as a commented line, under a comment that says what it means. */
export function printEnvSample(): string {
  const head = comment(
    "Heliograph's settings. Copy this file to .env and take the # off the lines you want; the environment wins over .env. " +
      'In local mode every one of them may be left out. Secrets have no sample value. ' +
      'Printed from src/config.ts by `node src/cli/print-docs.ts`.',
  );
  const parts = sections().map(([section, title]) => {
    const lines = inSection(section).map(([name, setting]) => {
      const value =
        setting.secret === true ? (setting.example ?? '') : (setting.example ?? fallbackText(setting));
      return `${comment([setting.meaning, ...defaultSentence(setting)].join(' '))}\n#${name}=${value}`;
    });
    return `## ${title}\n\n${lines.join('\n\n')}`;
  });
  return `${[head, ...parts].join('\n\n')}\n`;
}

function comment(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + word.length > LINE_WIDTH - 3) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => `# ${line}`).join('\n');
}

function defaultSentence(setting: Setting<unknown>): string[] {
  if (setting.unset !== undefined) return [`If unset: ${setting.unset}.`];
  return setting.fallback === null ? [] : [`Default: ${fallbackText(setting)}.`];
}

/** The page for people, in Markdown. */
export function printConfigurationPage(): string {
  const tables = sections().map(([section, title]) => {
    const rows = inSection(section).map(([name, setting]) =>
      [
        `\`${name}\`${setting.secret === true ? ' (secret)' : ''}`,
        defaultCell(setting),
        needCell(setting.need),
        setting.meaning,
      ]
        .map((cell) => cell.replaceAll('|', '\\|'))
        .join(' | '),
    );
    const head = '| setting | default | production needs it for | meaning |\n|---|---|---|---|';
    return `## ${title}\n\n${head}\n${rows.map((row) => `| ${row} |`).join('\n')}`;
  });
  return `${[PAGE_HEAD, ...tables].join('\n\n')}\n`;
}

function defaultCell(setting: Setting<unknown>): string {
  if (setting.unset !== undefined) return setting.unset;
  return setting.fallback === null ? 'unset' : `\`${fallbackText(setting)}\``;
}

function needCell(need: Need | undefined): string {
  if (need === undefined) return '';
  const roles = need.roles.length === HUB_ROLES.length ? 'every role' : need.roles.join(', ');
  return need.orElse === undefined ? roles : `${roles} (or \`${need.orElse}\`)`;
}

const PAGE_HEAD = `# Configuration

Printed from the table in \`src/config.ts\` by \`node src/cli/print-docs.ts\`; a test fails when this page differs from it.

A setting comes from the environment, else from the file \`.env\` in the working directory, else from its default; an empty one
counts as unset. \`heliograph config\` shows the settings in force and where each comes from, secrets only as set or unset.
Unknown names (in \`.env\` any, in the environment those that begin with \`HELIOGRAPH_\`) and malformed values stop the start, and
**all** problems are named at once.

**Two modes, never guessed.** In \`local\` mode whatever is not configured is filled in: an embedded database, simulated Graph, a
local Web PubSub server, generated secrets. In \`production\` nothing is filled in: what is missing, or a \`PUBLIC_URL\` without https,
stops the start.

**Roles.** A process needs only what its roles use, as the third column says: a receiver alone needs no credential for Graph and no
Web PubSub. Roles can be split over several processes only where what they share lives outside of them: in local mode too,
\`DATABASE_URL\` and \`SECRETS_KEY\` must be set, the same in every process (a receiver believes only the clientStates of its own
key), and for the roles \`workers\` and \`api\` the credential for Graph and Web PubSub as well.

**The credential for Graph** is one of:

- \`AZURE_TENANT_ID\`, \`AZURE_CLIENT_ID\` and \`AZURE_CLIENT_SECRET\`: a client secret
- \`AZURE_TENANT_ID\`, \`AZURE_CLIENT_ID\` and \`AZURE_CLIENT_CERTIFICATE_PATH\`: a client certificate
- \`AZURE_TENANT_ID\`, \`AZURE_CLIENT_ID\` and \`AZURE_FEDERATED_TOKEN_FILE\`: a workload identity
- \`AZURE_TENANT_ID\` and \`AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential\`: a managed identity, a user-assigned one with
  \`AZURE_CLIENT_ID\`

Half a credential stops the start. In local mode a credential for Microsoft's own Graph also needs \`PUBLIC_URL\`.`;
