import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import sparticuz from '@sparticuz/chromium';
import { chromium, type Browser } from 'playwright-core';

/*
 * A Chromium out of a locked npm package. The package unpacks it (200 MB, some seconds) into the temporary folder and asks only
 * whether the file exists: two processes at once find it half written, and one of an older version is taken for ours. So each
 * process unpacks into a folder of its own and renames that to the folder of the version; whoever comes second finds it done.
 */

const CACHE = resolve('node_modules/.cache');
/** No sandbox: as root, which containers are, it refuses to start. Only pages of our own are opened. */
const ARGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a headless browser; `CHROMIUM_PATH` names another than the packaged one. Close it when done. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? (await unpacked());
  const fonts = join(dirname(executablePath), 'fonts');
  // A machine without a font configuration draws no letter at all; the package brings one.
  const needsFonts = !existsSync('/etc/fonts/fonts.conf') && existsSync(fonts);
  return chromium.launch({
    executablePath,
    headless: true,
    args: ARGS,
    ...(needsFonts && { env: { ...process.env, FONTCONFIG_PATH: fonts } }),
  });
}

async function unpacked(): Promise<string> {
  const dir = join(CACHE, `chromium-${await packageVersion()}`);
  const executablePath = join(dir, 'chromium');
  if (existsSync(executablePath)) return executablePath;
  await mkdir(CACHE, { recursive: true });
  const own = await mkdtemp(`${dir}.`);
  try {
    await unpackInto(own);
    await rename(own, dir);
  } catch (error) {
    await rm(own, { recursive: true, force: true });
    // Another process was quicker.
    if (!existsSync(executablePath)) throw error;
  }
  return executablePath;
}

async function unpackInto(dir: string): Promise<void> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = dir;
  try {
    await sparticuz.executablePath();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

async function packageVersion(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const text = await readFile(join(dirname(entry), '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
