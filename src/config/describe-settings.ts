import { SETTINGS } from '../config.ts';
import type { Flaw } from '../core/errors.ts';
import { inspectConfig } from './load-config.ts';
import { readSettings, type Origin, type SettingSources } from './read-settings.ts';
import { SECTIONS, type Setting } from './setting.ts';

/** One setting in force. `value` never holds a secret: one that is set is shown as `set`, or without its password. */
export interface SettingInForce {
  name: string;
  section: string;
  /** Null: it is not set. */
  value: string | null;
  /** What holds where it is not set, in words; `needed` where a hub does not start without it. */
  unset: string | null;
  from: Origin;
  secret: boolean;
}

/** The settings in force, in the order of the table, and what is wrong with them. */
export function describeSettings(sources: SettingSources): {
  settings: SettingInForce[];
  flaws: readonly Flaw[];
} {
  const { given, flaws: misread } = readSettings(SETTINGS, sources);
  const malformed = new Set(misread.map((flaw) => flaw.path));
  const table: [string, Setting<unknown>][] = Object.entries(SETTINGS);
  const { flaws } = inspectConfig(sources);
  const needed = new Set(flaws.map((flaw) => flaw.path));
  const isProduction = given.get('HELIOGRAPH_MODE')?.text === 'production';
  const settings = table.map(([name, setting]) => {
    const found = given.get(name);
    const value =
      found === undefined ? defaultText(setting) : shownText(setting, found.text, malformed.has(name));
    return {
      name,
      section: SECTIONS[setting.section],
      value,
      unset: value === null ? unsetText(setting, { isNeeded: needed.has(name), isProduction }) : null,
      from: found?.origin ?? ('default' as const),
      secret: setting.secret ?? false,
    };
  });
  return { settings, flaws };
}

/** What stands in for it in local mode stands in for nothing in production. */
function unsetText(
  { unset, need }: Setting<unknown>,
  { isNeeded, isProduction }: { isNeeded: boolean; isProduction: boolean },
): string | null {
  if (isNeeded) return 'needed';
  return isProduction && need !== undefined ? 'not needed as things are set' : (unset ?? null);
}

/** What is malformed may hold anything, a password in the wrong place too: the flaw says about it what may be said. */
function shownText({ secret = false, shown }: Setting<unknown>, text: string, malformed: boolean): string {
  if (malformed) return 'malformed';
  if (!secret) return text;
  return shown === undefined ? 'set' : shown(text);
}

function defaultText(setting: Setting<unknown>): string | null {
  return setting.fallback === null || setting.unset !== undefined ? null : fallbackText(setting);
}

/** The value that holds by itself, as it would be written. */
export function fallbackText({ fallback }: Setting<unknown>): string {
  return Array.isArray(fallback) ? fallback.join(',') : String(fallback);
}
