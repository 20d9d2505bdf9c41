import { eventType } from './event.ts';
import { RESOURCE_KINDS } from './resource-catalogue.ts';

/*
 * Types of events as somebody asks for them. They are compared whole and to the letter: `Microsoft.Graph.MessageCreated`. Asked for
 * by a short name, nothing would ever match and nobody would be told why, so what is certainly a slip is refused: a name without a
 * dot (types are reverse-DNS names, in CloudEvents and here), and a type of this hub cut short at its front or written in another
 * case. Every other text may be the type of a source of its own.
 */

/** The hub's own event: nobody told us what happened between two times. */
export const GAP_EVENT_TYPE = 'heliograph.gap';

const OWN_TYPES: readonly string[] = [
  ...RESOURCE_KINDS.flatMap((kind) => kind.changeTypes.map((changeType) => eventType(kind, changeType))),
  GAP_EVENT_TYPE,
];

/** The type of this hub that is meant by `MessageCreated`, `graph.messagecreated` or `gap`; null where none is. */
export function eventTypeMeantBy(text: string): string | null {
  const asked = text.toLowerCase();
  const meant = OWN_TYPES.find((type) => `.${type.toLowerCase()}`.endsWith(`.${asked}`));
  return meant ?? null;
}

/** Why a text cannot be the type of any event, in words that say what to write; null when it can. */
export function eventTypeFlaw(text: string): string | null {
  const meant = eventTypeMeantBy(text);
  if (meant === text || (meant === null && text.includes('.'))) return null;
  return `is not an event type: write it in full, such as ${meant ?? 'Microsoft.Graph.MessageCreated'}`;
}
