import { InvalidArgumentError, Option, type Command } from 'commander';
import { EVENT_ORIGINS, parseSequence } from '../core/event.ts';
import { eventTypeMeantBy } from '../core/event-type.ts';
import { parseTime } from './words.ts';

/** Which events, as the API's query names it. */
export interface EventFilters {
  type?: string;
  subject?: string;
  subscription?: string;
  tenant?: string;
  origin?: string;
}

/** The filters that the list and the stream share. */
export function withEventFilters(command: Command): Command {
  return command
    .option('--type <type>', 'of this type, such as MessageCreated', fullType)
    .option('--subject <path>', 'about this; a prefix with * at its end')
    .option('--subscription <key>', 'by this subscription')
    .option('--tenant <id>', 'of this tenant')
    .addOption(new Option('--origin <origin>', 'that came in this way').choices(EVENT_ORIGINS));
}

/** Types of this hub may be given without what they all begin with. What is none the API refuses, and says what to write. */
function fullType(text: string): string {
  return eventTypeMeantBy(text) ?? text;
}

export function sequenceArgument(text: string): string {
  if (parseSequence(text) === null)
    throw new InvalidArgumentError('A sequence is a number of at most 16 digits.');
  return text;
}

export function timeArgument(now: () => number): (text: string) => string {
  return (text) => {
    const time = parseTime(text, now());
    if (time === null)
      throw new InvalidArgumentError('Give a time such as 2026-01-31T09:00:00Z, or 30m, 2h, 7d ago.');
    return time;
  };
}
