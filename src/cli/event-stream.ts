import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { backoffMs, type Backoff } from '../core/backoff.ts';
import { messageOf } from '../core/errors.ts';
import type { ApiClient } from './api-client.ts';
import type { ApiRequest } from './api-request.ts';
import { CommandFailure, type CliDeps } from './deps.ts';
import { durationInWords, oneLine, shortSequence } from './words.ts';

/*
 * The events as they come, for as long as anybody wants them. A connection that is lost is opened again after the last event that
 * came (`Last-Event-ID`), so nothing is missed and nothing comes twice. A hub that refuses ends it: another try would not help.
 */

/** The hub sends at least a comment every 15 s; one that has been silent for three of them is gone. */
const SILENCE_MS = 45_000;
const RECONNECT: Backoff = { firstMs: 500, maxMs: 15_000 };

export interface EventStreamDeps extends Pick<CliDeps, 'wait' | 'signal'> {
  api: ApiClient;
  say(text: string): void;
  random(): number;
  silenceMs?: number;
}

/** @param after the sequence to go on after */
export async function* followEvents(
  deps: EventStreamDeps,
  request: ApiRequest,
  after: string,
): AsyncGenerator<{ sequence: string; data: string }> {
  let position = after;
  let wasOpen = false;
  for (let failures = 0; !deps.signal.aborted;) {
    let why = 'the hub ended it';
    try {
      for await (const message of oneConnection(deps, request, position, wasOpen)) {
        wasOpen = true;
        failures = 0;
        if (message === 'open' || message.id === undefined) continue;
        position = message.id;
        yield { sequence: message.id, data: message.data };
      }
    } catch (thrown) {
      if (deps.signal.aborted) return;
      if (!wasOpen || !mayPass(thrown)) throw thrown;
      why = reasonOf(thrown);
    }
    failures += 1;
    const delayMs = backoffMs(RECONNECT, failures, deps.random());
    deps.say(
      `The connection is lost (${why}). Trying again ${delayMs < 1000 ? 'at once' : `in ${durationInWords(delayMs)}`}.`,
    );
    try {
      await deps.wait(delayMs, deps.signal);
    } catch (thrown) {
      if (!deps.signal.aborted) throw thrown;
    }
  }
}

/** In a few words; what lies beneath says more than `terminated` does. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof TypeError && thrown.cause instanceof Error ? thrown.cause : thrown;
  return oneLine(messageOf(cause)).replace(/\.$/, '');
}

/** Whether another try may have another end: nobody answered, or the answer was "not now". */
function mayPass(thrown: unknown): boolean {
  if (!(thrown instanceof CommandFailure)) return true;
  return thrown.status === null || thrown.status >= 500 || thrown.status === 429;
}

async function* oneConnection(
  deps: EventStreamDeps,
  request: ApiRequest,
  position: string,
  again: boolean,
): AsyncGenerator<EventSourceMessage | 'open'> {
  const silence = new AbortController();
  const timer = setTimeout(
    () => silence.abort(new Error('nothing came from the hub')),
    deps.silenceMs ?? SILENCE_MS,
  );
  try {
    const signal = AbortSignal.any([deps.signal, silence.signal]);
    const response = await deps.api.open(request, { 'last-event-id': position }, signal);
    if (again) deps.say(`Connected again, going on after ${shortSequence(position)}.`);
    yield 'open';
    const messages: EventSourceMessage[] = [];
    const parser = createParser({ onEvent: (message) => messages.push(message) });
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      timer.refresh();
      parser.feed(decoder.decode(chunk, { stream: true }));
      yield* messages.splice(0);
    }
  } finally {
    clearTimeout(timer);
  }
}
