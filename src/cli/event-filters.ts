import { Option, type Command } from 'commander';
import { oneOf, quoted } from '../config/kinds.ts';
import type { Parse } from '../config/setting.ts';
import { eventTypeFlaw, eventTypeMeantBy, GAP_EVENT_TYPE } from '../core/event-type.ts';
import { subscriptionKey, textUpTo, typed } from './typed-values.ts';

/** Which events, as the API's query names it. */
export interface EventFilters {
  type?: string;
  subject?: string;
  subscription?: string;
  tenant?: string;
  origin?: string;
}

/** Where events come from today, of the origins that an event can name. */
const ORIGINS_TODAY = ['notification', 'catch-up'];

/** The filters that the list and the stream share. */
export function withEventFilters(command: Command): Command {
  return command
    .option('--type <type>', 'of this type, such as MessageCreated', typed(command, '--type', fullType))
    .option(
      '--subject <path>',
      'about this; a prefix with * at its end',
      typed(command, '--subject', textUpTo(2048)),
    )
    .option('--subscription <key>', 'by this subscription', typed(command, '--subscription', subscriptionKey))
    .option('--tenant <id>', 'of this tenant', typed(command, '--tenant', textUpTo(64)))
    .addOption(
      new Option('--origin <origin>', 'that came in this way')
        .choices(ORIGINS_TODAY)
        .argParser(typed(command, '--origin', oneOf(ORIGINS_TODAY))),
    );
}

/** Types of this hub may be given without what they all begin with. */
const fullType: Parse<string> = (text) => {
  const value = eventTypeMeantBy(text) ?? text;
  const flaw = eventTypeFlaw(value);
  return flaw === null
    ? textUpTo(200)(value)
    : {
        ok: false,
        message: `is ${quoted(text)}; give an event type such as MessageCreated, or ${GAP_EVENT_TYPE}.`,
      };
};
