import fastifySwagger from '@fastify/swagger';
import { Type } from 'typebox';
import { Problem, problemAnswer } from '../schemas/common.ts';
import { sharedRefusals } from '../schemas/refusals.ts';
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
            description: 'An API key',
          },
          negotiated: {
            type: 'http',
            scheme: 'bearer',
            description: 'A negotiated token: reads the events of its groups, and nothing else',
          },
          session: { type: 'apiKey', in: 'cookie', name: 'heliograph_session' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const { role, negotiated } = route.config ?? {};
      const needsRole = role !== undefined && role !== 'open';
      const described = {
        ...schema,
        response: {
          ...sharedRefusals({
            guarded: needsRole,
            takesBody: [route.method].flat().some((method) => !BODILESS.has(method)),
            takesInput: Boolean(schema.querystring ?? schema.params),
          }),
          ...(schema.response as object | undefined),
          default: otherwise,
        },
        ...(needsRole && {
          security: [{ bearer: [] }, { session: [] }, ...(negotiated === true ? [{ negotiated: [] }] : [])],
          'x-role': role,
        }),
      };
      return { schema: described, url };
    },
  });
}

/** Fastify reads the body of every other method. */
const BODILESS = new Set(['GET', 'HEAD']);

const otherwise = problemAnswer('A refusal or a fault', Problem);

export function openapiRoute(app: App): void {
  app.get(
    PATH,
    {
      config: { role: 'open' },
      schema: {
        operationId: 'describeApi',
        summary: 'This document',
        tags: ['api'],
        response: { 200: Type.Object({}, { additionalProperties: true, description: 'The document' }) },
      },
    },
    async (_request, reply) => reply.type('application/json').send(app.swagger()),
  );
}
