import { accessSync, constants } from 'node:fs';
import { isIP } from 'node:net';
import { parseMasterKey } from '../core/secrets.ts';
import type { Parse, Parsed } from './setting.ts';

/* The kinds of values a setting can have. A refusal says what to write instead; those of secrets do not repeat what was given. */

function refused<T>(message: string): Parsed<T> {
  return { ok: false, message };
}

function accepted<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** What was given, short enough for one line of an error. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

export const anyText: Parse<string> = (text) =>
  /^[\x20-\x7e]+$/.test(text) ? accepted(text) : refused('may hold printable ASCII characters only.');

export function oneOf<const Choice extends string>(choices: readonly Choice[]): Parse<Choice> {
  return (text) => {
    const choice = choices.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
    return choice === undefined
      ? refused(`is ${quoted(text)}; give one of ${choices.join(', ')}.`)
      : accepted(choice);
  };
}

/** A comma-separated list, every part of one kind, without doubles. */
export function listOf<T>(kind: Parse<T>): Parse<readonly T[]> {
  return (text) => {
    const values: T[] = [];
    for (const part of text.split(',').map((piece) => piece.trim())) {
      const parsed = kind(part);
      if (!parsed.ok) return parsed;
      if (!values.includes(parsed.value)) values.push(parsed.value);
    }
    return accepted(values);
  };
}

export function numberBetween(least: number, most: number, shape: 'whole' | 'decimal'): Parse<number> {
  const pattern = shape === 'whole' ? /^\d{1,16}$/ : /^\d{1,9}(\.\d{1,9})?$/;
  return (text) => {
    const value = pattern.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most
      ? accepted(value)
      : refused(
          `is ${quoted(text)}; give a ${shape === 'whole' ? 'whole ' : ''}number from ${least} to ${most}.`,
        );
  };
}

export const hostName: Parse<string> = (text) =>
  isIP(text) !== 0 || /^(?=.{1,253}$)[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(text)
    ? accepted(text)
    : refused(
        `is ${quoted(text)}; give a host name or an address alone, such as 0.0.0.0 (the port goes into PORT).`,
      );

export const directory: Parse<string> = (text) =>
  text.includes('\0') ? refused('may not hold a NUL character.') : accepted(text);

export const readableFile: Parse<string> = (text) => {
  try {
    accessSync(text, constants.R_OK);
    return accepted(text);
  } catch {
    return refused(
      `names ${quoted(text)}, which this process cannot read; correct the path or its permissions.`,
    );
  }
};

/** @param what it is the id of, as the Entra admin center calls it */
export function guidOf(what: string): Parse<string> {
  return (text) =>
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
      ? accepted(text.toLowerCase())
      : refused(`is ${quoted(text)}; give the ${what}, a GUID, not a domain or a display name.`);
}

export function isLoopback(url: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}

function parsedUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/**
 * The base of a web address, given back without a slash at its end.
 * @param plain where http may be used instead of https
 */
export function webAddress(plain: 'never' | 'on loopback' | 'anywhere'): Parse<string> {
  const wanted = {
    never: 'an https URL',
    'on loopback': 'an https URL (http only on this host)',
    anywhere: 'an http or https URL',
  }[plain];
  return (text) => {
    const url = parsedUrl(text);
    const speaks =
      url?.protocol === 'https:' ||
      (url?.protocol === 'http:' && (plain === 'anywhere' || (plain === 'on loopback' && isLoopback(url))));
    if (url === null || !speaks)
      return refused(`is ${quoted(text)}; give ${wanted}, such as https://hub.example.com.`);
    if (url.username !== '' || url.password !== '') return refused('may not hold a user name or a password.');
    if (url.search !== '' || url.hash !== '')
      return refused(`is ${quoted(text)}; leave out everything from ? or # on.`);
    return accepted(url.href.replace(/\/+$/, ''));
  };
}

export const origin: Parse<string> = (text) => {
  const url = parsedUrl(text);
  const bare = url !== null && url.href === `${url.origin}/`;
  return bare && /^https?:$/.test(url.protocol)
    ? accepted(url.origin)
    : refused(
        `holds ${quoted(text)}; give origins such as https://app.example.com, each without a path; * is not allowed.`,
      );
};

export const postgresUrl: Parse<string> = (text) => {
  const url = parsedUrl(text);
  return url !== null && /^postgres(ql)?:$/.test(url.protocol)
    ? accepted(text)
    : refused('is not a Postgres URL; give postgres://user:password@host:5432/database.');
};

/** One Redis server, or the nodes through which a cluster is found. */
export interface RedisTarget {
  urls: readonly string[];
  cluster: boolean;
}

/** Several URLs, or `?cluster=true` at one, mean a cluster. */
export const redisTarget: Parse<RedisTarget> = (text) => {
  const urls: string[] = [];
  let cluster = false;
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const url = parsedUrl(part);
    if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '')
      return refused('is not a Redis URL; give redis://user:password@host:6379, or rediss:// for TLS.');
    cluster ||= url.searchParams.get('cluster') === 'true';
    url.searchParams.delete('cluster');
    urls.push(url.href);
  }
  return accepted({ urls, cluster: cluster || urls.length > 1 });
};

/** `Endpoint=…;AccessKey=…;Version=1.0;` as the portal shows it. */
export const webPubSubConnectionString: Parse<string> = (text) => {
  const parts = new Map(
    text.split(';').map((part) => [part.split('=', 1)[0]?.trim().toLowerCase(), part] as const),
  );
  return /^Endpoint=https?:\/\/\S+$/i.test(parts.get('endpoint')?.trim() ?? '') &&
    /^AccessKey=\S+$/i.test(parts.get('accesskey')?.trim() ?? '')
    ? accepted(text)
    : refused(
        'is not a connection string; copy the one the portal shows under Keys: Endpoint=https://…;AccessKey=…;Version=1.0;',
      );
};

export const masterKeys: Parse<readonly Buffer[]> = (text) => {
  const keys: Buffer[] = [];
  for (const part of text.split(',')) {
    const key = parseMasterKey(part.trim());
    if (key === null)
      return refused('holds a key that is not 32 bytes in base64; make one with `openssl rand -base64 32`.');
    keys.push(key);
  }
  return accepted(keys);
};

/** A secret that travels in an HTTP header. */
export function bearerSecret(leastCharacters: number): Parse<string> {
  return (text) => {
    if (!/^[\x21-\x7e]+$/.test(text))
      return refused('may hold printable ASCII characters without spaces only.');
    return text.length >= leastCharacters
      ? accepted(text)
      : refused(`is shorter than ${leastCharacters} characters; make one with \`openssl rand -base64 32\`.`);
  };
}

/** A connection URL, or several, with what identifies the server and nothing that lets anybody in. */
export function urlWithoutSecrets(text: string): string {
  return text
    .split(',')
    .map((part) => {
      const url = parsedUrl(part.trim());
      if (url === null) return 'set';
      const user = url.username === '' ? '' : `${url.username}@`;
      return `${url.protocol}//${user}${url.host}${url.pathname === '/' ? '' : url.pathname}`;
    })
    .join(',');
}
