import type { Command } from 'commander';
import { numberBetween, quoted } from '../config/kinds.ts';
import type { Parse } from '../config/setting.ts';
import { isSubscriptionKey } from '../core/client-state.ts';
import { parseSequence } from '../core/event.ts';
import { parseTime } from './words.ts';

/*
 * The values of options and arguments, read as settings are: a refusal goes on from the name, says what to write instead, and is wrong
 * usage.
 */

/** Reads a value of this kind. @param name of the option or argument, as a person knows it: `--limit`, `key` */
export function typed<T>(command: Command, name: string, parse: Parse<T>): (text: string) => T {
  return (text) => {
    const parsed = parse(text);
    return parsed.ok ? parsed.value : refuseUsage(command, `${name} ${parsed.message}`);
  };
}

/** Ends the command as wrong usage. */
export function refuseUsage(command: Command, message: string): never {
  return command.error(`error: ${message}`, { exitCode: 2 });
}

/** How many to list at most; the API gives no more than a thousand at once. */
export const pageSize = numberBetween(1, 1000, 'whole');

export const positiveNumber = numberBetween(1, Number.MAX_SAFE_INTEGER, 'whole');

export const subscriptionKey: Parse<string> = (text) =>
  isSubscriptionKey(text)
    ? { ok: true, value: text }
    : {
        ok: false,
        message: `is ${quoted(text)}; a key has 16 to 40 of a-z and 0-9, as \`subscriptions list\` shows it.`,
      };

export const sequence: Parse<string> = (text) =>
  parseSequence(text) === null
    ? {
        ok: false,
        message: `is ${quoted(text)}; a sequence is a whole number up to ${Number.MAX_SAFE_INTEGER}, as \`events list\` shows it.`,
      }
    : { ok: true, value: text };

export function time(now: () => number): Parse<string> {
  return (text) => {
    const value = parseTime(text, now());
    return value === null
      ? {
          ok: false,
          message: `is ${quoted(text)}; give a time such as 2026-01-31T09:00:00Z, or 30m, 2h, 7d ago.`,
        }
      : { ok: true, value };
  };
}

/** Any text but none. */
export function textUpTo(characters: number): Parse<string> {
  return (text) => {
    if (text.trim() === '') return { ok: false, message: 'is empty; leave it out, or give it a value.' };
    return text.length > characters
      ? { ok: false, message: `has ${text.length} characters; give at most ${characters}.` }
      : { ok: true, value: text };
  };
}
