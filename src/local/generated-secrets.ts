import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HubError, messageOf } from '../core/errors.ts';
import { formatMasterKey, parseMasterKey } from '../core/secrets.ts';

/*
 * The secrets of an installation that was given none: made once, kept in files of the data directory for their owner alone, and
 * the same ever after. Production never comes here.
 */

/** The master key kept in `file`; made on first use. Throws `configuration` when the file holds anything else. */
export async function generatedMasterKey(file: string): Promise<Buffer> {
  const text = await readOrCreate(file, () => formatMasterKey(randomBytes(32)));
  const key = parseMasterKey(text);
  if (key !== null) return key;
  const message =
    `${file} does not hold a master key (32 bytes in base64). Restore it from a copy; or delete it to have a new one made, after ` +
    'which subscriptions made with the old one are no longer believed and have to be created again.';
  throw new HubError('configuration', message);
}

/** The bootstrap key of the API kept in `file`; made on first use. Throws `configuration` when the file holds anything else. */
export async function generatedAdminApiKey(file: string): Promise<string> {
  const text = await readOrCreate(file, () => `heliograph_${randomBytes(32).toString('base64url')}`);
  if (/^[\x21-\x7e]{24,}$/.test(text)) return text;
  throw new HubError('configuration', `${file} does not hold an API key. Delete it to have a new one made.`);
}

/**
 * Makes the data directory where it is missing and closes it to everybody but its owner (0700). One that others can enter and that
 * holds other things than ours is refused and not touched: closing `/tmp`, say, would break the machine.
 */
export async function ensureDataDir(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const open = ((await stat(directory)).mode & 0o077) !== 0 && process.platform !== 'win32';
    if (!open) return;
    const entries = await readdir(directory);
    if (entries.length === 0 || entries.includes('secrets-key')) await chmod(directory, 0o700);
    else
      throw new HubError(
        'configuration',
        `DATA_DIR ${directory} is open to others and holds other things. ${OWN_DIRECTORY}`,
      );
  } catch (cause) {
    if (cause instanceof HubError) throw cause;
    const message = `DATA_DIR ${directory} cannot be used (${messageOf(cause)}). ${OWN_DIRECTORY}`;
    throw new HubError('configuration', message, { cause });
  }
}

const OWN_DIRECTORY = 'Choose a directory that this user can make or own, used for nothing else.';

async function readOrCreate(file: string, make: () => string): Promise<string> {
  const kept = await readIfThere(file);
  if (kept !== null) return kept;
  await ensureDataDir(dirname(file));
  await createOnce(file, make());
  // Another process may have been quicker: what the file holds now is what counts.
  return (await readIfThere(file)) ?? '';
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    const text = (await readFile(file, 'utf8')).trim();
    await chmod(file, 0o600);
    return text;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null;
    const message = `${file} cannot be read (${messageOf(thrown)}). Correct its owner and permissions.`;
    throw new HubError('configuration', message, { cause: thrown });
  }
}

/**
 * The file appears whole or not at all, and never in place of another: written and synced aside, then linked to its name, which
 * fails where the name is taken.
 */
async function createOnce(file: string, text: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(aside, 'wx', 0o600);
    try {
      await handle.writeFile(`${text}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(aside, file);
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return;
    throw new HubError(
      'configuration',
      `${file} cannot be written (${messageOf(thrown)}). ${OWN_DIRECTORY}`,
      {
        cause: thrown,
      },
    );
  } finally {
    await rm(aside, { force: true });
  }
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}
