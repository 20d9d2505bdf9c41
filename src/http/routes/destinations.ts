import { formatSequence } from '../../core/event.ts';
import type { AppDeps } from '../app-deps.ts';
import { DestinationList } from '../schemas/realtime.ts';
import type { App } from '../typed-app.ts';

export function destinationRoutes(app: App, { store }: Pick<AppDeps, 'store'>): void {
  app.get(
    '/api/v1/destinations',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listDestinations',
        summary: 'How far each destination has read the log',
        tags: ['destinations'],
        response: { 200: DestinationList },
      },
    },
    async () => {
      const destinations = await store.listDestinations();
      return {
        items: destinations.map((each) => ({ ...each, cursor: formatSequence(each.cursor) })),
        next: null,
      };
    },
  );
}
