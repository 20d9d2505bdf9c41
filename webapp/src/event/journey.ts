import type { Journey } from '../../../src/http/schemas/events.ts';

export interface JourneyStep {
  name: 'Accepted' | 'Verified' | 'Fetched' | 'Numbered';
  means: string;
  at: string | null;
  /** Milliseconds since the step before that was taken; null for the first and for one that was not taken. */
  sinceMs: number | null;
}

/** The four times of an event in their order, with what lies between. Clocks of two processes may differ: never below zero. */
export function stepsOf(journey: Journey): { steps: JourneyStep[]; totalMs: number } {
  const { acceptedAt, verifiedAt, fetchedAt, appendedAt } = journey;
  const stops: Omit<JourneyStep, 'sinceMs'>[] = [
    { name: 'Accepted', means: "Graph's post was committed and answered 202", at: acceptedAt },
    { name: 'Verified', means: 'sender, tenant and resource were checked', at: verifiedAt },
    { name: 'Fetched', means: 'the changed resource was read from Graph', at: fetchedAt },
    { name: 'Numbered', means: 'appended to the log', at: appendedAt },
  ];
  let before: number | null = null;
  const steps = stops.map((stop): JourneyStep => {
    const at = stop.at === null ? null : Date.parse(stop.at);
    const sinceMs: number | null = at === null || before === null ? null : Math.max(0, at - before);
    before = at ?? before;
    return { ...stop, sinceMs };
  });
  return { steps, totalMs: Math.max(0, Date.parse(appendedAt) - Date.parse(acceptedAt)) };
}
