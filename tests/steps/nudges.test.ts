import { describe, expect, it } from 'vitest';
import type { Work } from '../../src/ports/queue.ts';
import { Nudges } from '../../src/steps/nudges.ts';

const WORK: Work = { queue: 'process-inbox', id: '0' };
const never = new AbortController().signal;

describe('a runner', () => {
  it('is told of more work while it runs, once for however many', async () => {
    const nudges = new Nudges(60_000);
    expect(nudges.nudge(WORK)).toBe(false);
    const lingering = nudges.begin(WORK);
    expect(nudges.nudge(WORK)).toBe(true);
    expect(nudges.nudge(WORK)).toBe(true);
    expect(nudges.nudge({ ...WORK, id: '1' })).toBe(false);
    expect(await lingering.more(never)).toBe(true);
    const next = lingering.more(never);
    expect(nudges.nudge(WORK)).toBe(true);
    expect(await next).toBe(true);
    expect(lingering.end()).toBe(false);
    expect(nudges.nudge(WORK)).toBe(false);
  });

  it('that finds nothing more in a moment ends', async () => {
    const lingering = new Nudges(1).begin(WORK);
    expect(await lingering.more(never)).toBe(false);
    expect(lingering.end()).toBe(false);
  });

  it('that ends although it was told says so, or the work would wait for the sweep', () => {
    const nudges = new Nudges(60_000);
    const lingering = nudges.begin(WORK);
    nudges.nudge(WORK);
    expect(lingering.end()).toBe(true);
  });

  it('that is told to stop does not wait, and leaves what it was told of to a further run', async () => {
    const nudges = new Nudges(60_000);
    const stop = new AbortController();
    const lingering = nudges.begin(WORK);
    const waiting = lingering.more(stop.signal);
    stop.abort();
    expect(await waiting).toBe(false);
    nudges.nudge(WORK);
    expect(await lingering.more(stop.signal)).toBe(false);
    expect(lingering.end()).toBe(true);
  });

  it('of the same work that began later is the one that is told', () => {
    const nudges = new Nudges(60_000);
    const first = nudges.begin(WORK);
    const second = nudges.begin(WORK);
    expect(first.end()).toBe(false);
    expect(nudges.nudge(WORK)).toBe(true);
    expect(second.end()).toBe(true);
  });
});
