import fastifySwagger from '@fastify/swagger';
import { Problem } from '../schemas/common.ts';
import type { App } from '../typed-app.ts';

const PATH = '/api/v1/openapi.json';

/**
 * The API described by the schemas that validate it. Registered before the routes it describes.
 * @param version of this hub
 */
export async function describeApi(app: App, version: string): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Heliograph',
        description: 'A hub for Microsoft Graph change notifications.',
        version,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API key, or a negotiated token for events',
          },
          session: { type: 'apiKey', in: 'cookie', name: 'heliograph_session' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const { role } = route.config ?? {};
      const needsRole = role !== undefined && role !== 'open';
      const described = {
        ...schema,
        response: { ...(schema.response as object | undefined), default: problemAnswer },
        ...(needsRole && {
          security: [{ bearer: [] }, { session: [] }],
          'x-role': role,
        }),
      };
      return { schema: described, url };
    },
  });
}

const problemAnswer = {
  description: 'A refusal or a fault',
  content: { 'application/problem+json': { schema: Problem } },
};

export function openapiRoute(app: App): void {
  app.get(
    PATH,
    {
      config: { role: 'open' },
      schema: { operationId: 'describeApi', summary: 'This document', tags: ['api'] },
    },
    async (_request, reply) => reply.type('application/json').send(app.swagger()),
  );
}
