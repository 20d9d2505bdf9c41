import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { HubError, messageOf } from '../core/errors.ts';
import type { Environment } from './read-settings.ts';

/** What this process was given: its environment and the `.env` of its working directory. The only reader of `process.env`. */
export function processSettings(directory = process.cwd()): { env: Environment; dotenv: Environment } {
  return { env: process.env, dotenv: readDotenv(join(directory, '.env')) };
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
