import { negotiate } from '../../steps/deliver/negotiate.ts';
import type { AppDeps } from '../app-deps.ts';
import { badInput } from '../problem.ts';
import { NegotiateAnswer, NegotiateRequest } from '../schemas/realtime.ts';
import type { App } from '../typed-app.ts';

export type RealtimeRoutesDeps = Pick<AppDeps, 'store' | 'graph' | 'realtime' | 'negotiatedTokens' | 'clock'>;

/** Called by pages of other origins too; see `crossOrigin`. */
export function realtimeRoutes(app: App, deps: RealtimeRoutesDeps): void {
  app.post(
    '/api/v1/realtime/negotiate',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'negotiate',
        summary: 'A Web PubSub client URL and a token for the same events',
        tags: ['realtime'],
        body: NegotiateRequest,
        response: { 200: NegotiateAnswer },
      },
    },
    async ({ body }) => {
      const outcome = await negotiate(deps, body);
      if (outcome.status === 'invalid') throw badInput(outcome.flaws);
      const { url, groups, token, expiresAt } = outcome;
      return { url, groups, token, expiresAt };
    },
  );
}
