/*
 * Whether the hub answers at all. A socket says nothing of that: it may outlive the hub (Azure's does), and it may take long to
 * be known as dead. So the hub is asked every so often, which costs it neither the database nor a line in its log.
 */

export interface PulseDeps {
  /** One small question. False for any answer that is none, or that comes too late. */
  answers(): Promise<boolean>;
  startTimer(ms: number, act: () => void): () => void;
  /** Only when it is another than before; at the start the hub is taken to answer. */
  changed(answers: boolean): void;
}

export interface Pulse {
  /** Asks at once, as when the browser says that the network has changed. */
  ask(): void;
  stop(): void;
}

/** Together with the time a dead connection takes to be refused: what is gone is said within 3 s. */
export const PULSE_MS = 2_000;

export function startPulse(deps: PulseDeps): Pulse {
  let stopped = false;
  let asking = false;
  let answered = true;
  let cancelTimer = next();

  function next(): () => void {
    return deps.startTimer(PULSE_MS, () => void ask());
  }

  async function ask(): Promise<void> {
    if (asking || stopped) return;
    asking = true;
    cancelTimer();
    const answers = await deps.answers();
    asking = false;
    if (stopped) return;
    cancelTimer = next();
    if (answers === answered) return;
    answered = answers;
    deps.changed(answers);
  }

  return {
    ask: () => void ask(),
    stop() {
      stopped = true;
      cancelTimer();
    },
  };
}
