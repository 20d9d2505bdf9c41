import type { Flaw } from '../core/errors.ts';
import { nearestName } from './nearest.ts';
import type { SettingTable, ValuesOf } from './setting.ts';

/** Names and texts, as `process.env` and a parsed `.env` have them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What settings are read from; the first that has a name wins. An empty text counts as unset, as compose files write it. */
export interface SettingSources {
  /** Given on the command line. */
  options?: Environment;
  env: Environment;
  /** The `.env` of the working directory. */
  dotenv?: Environment;
}

export type Origin = 'option' | 'environment' | '.env' | 'default';

export interface Reading<Table extends SettingTable> {
  /** A malformed setting stands at its fallback here. */
  values: ValuesOf<Table>;
  /** The text as given, and where; only of what is set. */
  given: ReadonlyMap<string, { text: string; origin: Origin }>;
  flaws: readonly Flaw[];
}

/** Reads every setting of the table and names everything that is malformed or unknown. */
export function readSettings<Table extends SettingTable>(
  table: Table,
  sources: SettingSources,
): Reading<Table> {
  const given = new Map<string, { text: string; origin: Origin }>();
  const flaws: Flaw[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(table)) {
    values[name] = setting.fallback;
    const found = lookUp(name, sources);
    if (found === null) continue;
    given.set(name, found);
    const parsed = setting.parse(found.text);
    if (parsed.ok) values[name] = parsed.value;
    else flaws.push({ path: name, message: parsed.message });
  }
  return { values: values as ValuesOf<Table>, given, flaws: [...flaws, ...unknownNames(table, sources)] };
}

function lookUp(name: string, sources: SettingSources): { text: string; origin: Origin } | null {
  const places = [
    ['option', sources.options],
    ['environment', sources.env],
    ['.env', sources.dotenv],
  ] as const;
  for (const [origin, place] of places) {
    const text = place?.[name]?.trim();
    if (text !== undefined && text !== '') return { text, origin };
  }
  return null;
}

/** Every unknown name in `.env`; in the environment, which is shared with others, those that carry our prefix. */
function unknownNames(table: SettingTable, { env, dotenv = {} }: SettingSources): Flaw[] {
  const ours = Object.entries(env).filter(
    ([name, text]) => /^HELIOGRAPH_/i.test(name) && !isServiceLink(name, text),
  );
  const suspects = new Map(
    [...Object.entries(dotenv), ...ours].filter(([name]) => !Object.hasOwn(table, name)),
  );
  return [...suspects.keys()].map((name) => {
    const near = nearestName(name, Object.keys(table));
    const remedy =
      near === null
        ? 'See docs/configuration.md for those there are, or remove it.'
        : `Did you mean ${near}?`;
    return {
      path: name,
      message: `is not a setting${Object.hasOwn(dotenv, name) ? ' (in .env)' : ''}. ${remedy}`,
    };
  });
}

/**
 * Kubernetes gives every pod variables about each service of its namespace; with one called heliograph they carry our prefix:
 * https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
function isServiceLink(name: string, text: string | undefined): boolean {
  return (
    /^HELIOGRAPH_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)$/.test(name) ||
    (/^HELIOGRAPH_(\w+_)?PORT$/.test(name) && /^(tcp|udp|sctp):\/\//.test(text ?? ''))
  );
}
