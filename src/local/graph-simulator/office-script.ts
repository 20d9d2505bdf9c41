import { ACTS, CHANGE_KINDS, type ChangeKind, type Scene } from './office-acts.ts';
import { composeUser } from './compose-items.ts';
import type { OfficeChange } from './office-items.ts';
import type { OfficeStore } from './office-store.ts';
import { PEOPLE } from './people.ts';
import { seededRandom } from './seeded-random.ts';

/** What somebody wants to happen next; what is left open is left to chance. */
export interface ChangeAsk {
  kind?: ChangeKind;
  /** A user's id or principal name. */
  user?: string;
  subject?: string;
}

/** The course of events in the office. Number n of a seed draws from a stream of its own, so the course can be taken up again. */
export interface OfficeScript {
  /**
   * Makes the next change. Where the asked kind is impossible (nothing unread to read), somebody gets a mail instead.
   * Null for a user who is not there.
   */
  next(ask?: ChangeAsk): OfficeChange | null;
  /** How many changes of this seed have been made. */
  position(): number;
}

/** Messages that lie in each mailbox when the office opens, over the days before. */
const FIRST_MESSAGES = 6;
const FIRST_DAYS_MS = 5 * 86_400_000;

/** Some mailboxes are far busier than others, as in any office; those come first among the people. */
const BY_BUSYNESS = PEOPLE.flatMap((person, index) =>
  Array.from({ length: index < 2 ? 10 : index < 4 ? 3 : 1 }, () => person),
);

export function officeScript(
  deps: { store: OfficeStore; now: () => number; record: (change: OfficeChange, position: number) => void },
  seed: number,
  position: number,
): OfficeScript {
  const { store, now, record } = deps;
  let at = position;

  function play(kind: ChangeKind | null, who: Scene['person'] | null, subject: string | null, nowMs: number) {
    at += 1;
    const random = seededRandom(`${seed}/${at}`);
    const scene: Scene = { store, random, nowMs, person: who ?? random.pick(BY_BUSYNESS), subject };
    const chosen = kind ?? drawKind(random.next());
    const change = ACTS[chosen].act(scene) ?? ACTS.mail.act(scene);
    if (change === null) throw new Error('somebody can always get a mail');
    if (change.changeType === 'deleted') store.remove(change.item);
    else store.put(change.item);
    record(change, at);
    return change;
  }

  for (const person of PEOPLE)
    if (store.findItem('user', person.id, person.id) === null)
      store.put(composeUser(person, seededRandom(`${seed}/user/${person.id}`)));
  if (store.counts().message === 0) {
    const first = PEOPLE.flatMap((person) => Array.from({ length: FIRST_MESSAGES }, () => person));
    for (const [index, person] of first.entries())
      play('mail', person, null, now() - Math.round((FIRST_DAYS_MS * (first.length - index)) / first.length));
  }

  return {
    position: () => at,
    next: (ask = {}) => {
      const who = ask.user === undefined ? null : store.findPerson(ask.user);
      if (ask.user !== undefined && who === null) return null;
      return play(ask.kind ?? null, who, ask.subject ?? null, now());
    },
  };
}

const TOTAL_WEIGHT = CHANGE_KINDS.reduce((sum, kind) => sum + ACTS[kind].weight, 0);

/** @param chance 0 (inclusive) to 1 (exclusive) */
function drawKind(chance: number): ChangeKind {
  let left = chance * TOTAL_WEIGHT;
  return CHANGE_KINDS.find((kind) => (left -= ACTS[kind].weight) < 0) ?? 'mail';
}
