import { deliverEvents, type SendResult } from '../../src/steps/deliver/deliver-events.ts';
import { adjustableClock } from './adjustable-clock.ts';
import { recordingLog } from './logs.ts';
import { smallDestination } from './small-destination.ts';

export const OK: SendResult = { status: 'delivered', requests: 1, refused: [] };
export const DOWN: SendResult = { status: 'failed', code: 'ECONNREFUSED', message: 'nobody there' };

/** Runs of a destination that reads a log of so many events, with what they sent; `answer` can be changed. */
export function smallDelivery(events: number) {
  const clock = adjustableClock();
  const destination = smallDestination(clock, events);
  const log = recordingLog();
  const pages: number[][] = [];
  const setting = {
    clock,
    destination,
    log,
    pages,
    answer: (_sequences: readonly number[]): SendResult => OK,
    nobody: null as (() => boolean) | null,
    run: (owner = 'runner-a', signal = new AbortController().signal) =>
      deliverEvents(
        {
          store: destination.store,
          send: (page) => {
            const sequences = page.map(({ sequence }) => sequence);
            pages.push(sequences);
            return Promise.resolve(setting.answer(sequences));
          },
          ...(setting.nobody !== null && {
            nobody: () => Promise.resolve(setting.nobody?.() ?? false),
          }),
          clock,
          log,
          owner,
        },
        'realtime',
        signal,
      ),
    sent: () => pages.flat(),
  };
  return setting;
}

/** 1, 2, …, `last` */
export function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, at) => at + 1);
}

/** The answer of a destination that takes everything but these sequences. */
export function refusing(...refusals: number[]): (sequences: readonly number[]) => SendResult {
  return (sequences) => ({
    status: 'delivered',
    requests: 1,
    refused: sequences
      .filter((sequence) => refusals.includes(sequence))
      .map((sequence) => ({ sequence, code: 'http_400', message: 'no' })),
  });
}
