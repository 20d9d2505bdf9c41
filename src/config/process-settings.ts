import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { HubError, messageOf } from '../core/errors.ts';
import type { Environment } from './read-settings.ts';

/**
 * What this process was given: its environment and the `.env` of its working directory, which is read when it is first asked for
 * and throws `configuration` where it cannot be. The only reader of `process.env`.
 */
export function processSettings(directory = process.cwd()): {
  env: Environment;
  readonly dotenv: Environment;
} {
  let dotenv: Environment | null = null;
  return {
    env: process.env,
    get dotenv() {
      return (dotenv ??= readDotenv(join(directory, '.env')));
    },
  };
}

/** The names and texts of a `.env` file; none where there is no such file. */
export function readDotenv(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
    const message = `${path} is there but cannot be read (${messageOf(cause)}). Correct its permissions, or remove it.`;
    throw new HubError('configuration', message, { cause });
  }
}
