import { isAlive, negotiate, readAfter, readNewest } from '../api/hub.ts';
import { eventFeed } from './event-feed.ts';
import { startFeed } from './feed-runner.ts';
import { startPulse } from './hub-pulse.ts';
import { liveStore, type LiveStore } from './live-store.ts';
import { openSocket } from './realtime-socket.ts';
import { throughput } from './throughput.ts';
import { webPubSub } from './web-pubsub.ts';

/** Rows kept while following; older ones are read from the API. */
const KEEP_ROWS = 5_000;

export interface Live extends LiveStore {
  /**
   * Runs until what it returns is called; it may be started again and goes on from where it was.
   * @param signedOut called once when the session has ended
   */
  start(signedOut: () => void): () => void;
}

/** Joins the feed to the browser: its clock, its frames, its network. */
export function live(): Live {
  const feed = eventFeed(KEEP_ROWS);
  const rate = throughput();
  const store = liveStore({
    feed,
    onFrame: (act) => requestAnimationFrame(act),
    nowMs: () => Date.now(),
  });
  return {
    ...store,
    start(signedOut) {
      const runner = startFeed({
        feed,
        readNewest,
        readAfter,
        openSocket: (handlers) =>
          openSocket({ negotiate, createClient: webPubSub, startTimer, nowMs: () => Date.now() }, handlers),
        startTimer,
        changed(change) {
          if (change.state === 'live' || change.state === 'polling') rate.count(change.arrived, Date.now());
          store.feedChanged(change);
          if (change.state === 'signed-out') signedOut();
        },
      });
      const pulse = startPulse({
        answers: isAlive,
        startTimer,
        changed: (answers) => runner.hubAnswers(answers),
      });
      const ticking = setInterval(() => store.setRate(rate.perSecond(Date.now())), 1000);
      // The browser knows of networks, not of the hub, which may be on this machine: it is asked.
      const networkChanged = (): void => {
        pulse.ask();
        runner.nudge();
      };
      addEventListener('online', networkChanged);
      addEventListener('offline', networkChanged);
      return () => {
        clearInterval(ticking);
        removeEventListener('online', networkChanged);
        removeEventListener('offline', networkChanged);
        pulse.stop();
        runner.stop();
      };
    },
  };
}

function startTimer(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}
