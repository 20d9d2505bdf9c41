import type { HubRole } from '../core/role.ts';

/*
 * A setting is one row of the table in `src/config.ts`. From a row come its part of the `Config` type, its parsing, its lines in
 * `.env.sample`, its row in `docs/configuration.md` and its line of `heliograph config`.
 */

/** What a text came to. The message says what is wrong and what to write instead; it never repeats a secret. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; message: string };

export type Parse<T> = (text: string) => Parsed<T>;

export const SECTIONS = {
  process: 'The process',
  http: 'HTTP',
  storage: 'Storage',
  graph: 'Microsoft Graph',
  webPubSub: 'Web PubSub',
  secrets: 'Secrets',
  operation: 'Operation',
  cli: 'The command line as a client',
} as const;
export type Section = keyof typeof SECTIONS;

/** In production a process with one of these roles does not start without the setting. */
export interface Need {
  roles: readonly HubRole[];
  /** Another setting that does as well. */
  orElse?: string;
  /** The stand-in of local mode when it lives inside one process: roles that need it cannot be split without the setting. */
  standIn?: string;
  /** What to set, as a sentence. */
  remedy: string;
}

export interface Setting<T> {
  section: Section;
  parse: Parse<T>;
  /** What holds where nothing is set. Null: nothing, and local mode may fill it in. */
  fallback: T;
  /** One or more sentences for a person. */
  meaning: string;
  /** What happens where nothing is set, when `fallback` does not say it. */
  unset?: string;
  /** A value to show in `.env.sample`. Secrets have none. */
  example?: string;
  /** Only ever shown as set or unset, or as `shown` makes it. */
  secret?: boolean;
  /** The part of a secret that may be seen, such as a URL without its password. */
  shown?: (text: string) => string;
  need?: Need;
}

type Row<T> = Omit<Setting<T>, 'section' | 'parse' | 'fallback'>;

/** A setting that always has a value. */
export function defaulted<T>(
  section: Section,
  parse: Parse<T>,
  fallback: NoInfer<T>,
  row: Row<T>,
): Setting<T> {
  return { section, parse, fallback, ...row };
}

/** A setting that is null where nothing is set. */
export function optional<T>(section: Section, parse: Parse<T>, row: Row<T | null>): Setting<T | null> {
  return { section, parse, fallback: null, ...row };
}

export type SettingTable = Readonly<Record<string, Setting<unknown>>>;

/** The values of a table of settings, by name. */
export type ValuesOf<Table extends SettingTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Setting<infer T> ? T : never;
};
