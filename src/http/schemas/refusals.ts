import { Problem, problemAnswer } from './common.ts';

/** What is common to routes: whether they are guarded, read a body, take input. */
export interface Refusing {
  guarded: boolean;
  takesBody: boolean;
  takesInput: boolean;
}

/** The refusals and faults that a route need not name itself, because they come from what stands before it or below it. */
export function sharedRefusals({ guarded, takesBody, takesInput }: Refusing): Record<string, object> {
  return {
    ...((takesInput || takesBody) && { 400: answer('The request is not valid: `errors` names each flaw') }),
    ...(guarded && {
      401: answer('No credential, or a wrong one'),
      403: answer('The credential may not do this'),
    }),
    ...(takesBody && {
      413: answer('The body is larger than 64 KiB'),
      415: answer('The body is not JSON, or has a content encoding'),
    }),
    ...(guarded && {
      429: answer('Too many wrong credentials from this address: wait as Retry-After says'),
      503: answer('Something this needs is away just now: come again as Retry-After says'),
    }),
    500: answer('A fault of the hub, logged under `requestId`'),
  };
}

function answer(description: string) {
  return problemAnswer(description, Problem);
}
