import type { Subscription } from '../../../src/http/schemas/subscriptions.ts';
import type { Said } from '../frame/notice.tsx';
import { duration } from '../words/times.ts';

/** What is said after an act on a subscription, by what became of it. */

export function saidOfCreated({ resource, status, reason }: Subscription): Said {
  if (status !== 'creating')
    return { intent: 'success', text: `Graph accepted the subscription to ${resource}.` };
  const why = reason === null ? '' : ` ${reason.message}`;
  return {
    intent: 'warning',
    text: `${resource}: Graph could not be asked yet, the hub goes on trying.${why}`,
  };
}

export function saidOfRenewed({ resource, status, expiresAt, reason }: Subscription, nowMs: number): Said {
  if (status === 'active' && expiresAt !== null) {
    const left = duration(Date.parse(expiresAt) - nowMs);
    return { intent: 'success', text: `${resource} is renewed and expires in ${left}.` };
  }
  const why = reason === null ? '' : ` ${reason.message} ${reason.remedy}`;
  return { intent: 'warning', text: `${resource} is ${status}.${why}` };
}

/** @param gone false while Graph cannot be asked */
export function saidOfDeleted({ resource }: Subscription, gone: boolean): Said {
  return gone
    ? { intent: 'success', text: `The subscription to ${resource} is deleted.` }
    : {
        intent: 'warning',
        text: `Graph could not be asked to delete ${resource}; the hub goes on trying.`,
      };
}
