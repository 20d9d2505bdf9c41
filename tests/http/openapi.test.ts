import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { fastify } from 'fastify';
import { Type } from 'typebox';
import { Compile } from 'typebox/schema';
import { beforeAll, expect, test } from 'vitest';
import { buildApp } from '../../src/http/app.ts';
import { describeApi } from '../../src/http/routes/openapi.ts';
import { comparingAnswers } from './documented-answers.ts';
import { testHub } from './hub-deps.ts';

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
  security?: object[];
  'x-role'?: string;
}

interface Document {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: object };
}

let document: Document;
beforeAll(async () => {
  const app = await buildApp(testHub().deps);
  const response = await app.inject('/api/v1/openapi.json');
  document = response.json<Document>();
  await app.close();
});

function operations(): { path: string; method: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
}

test('it is OpenAPI 3.1 of this version, and names the credentials', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(document.info).toMatchObject({ title: 'Heliograph', version: '1.2.3' });
  expect(Object.keys(document.components.securitySchemes)).toEqual(['bearer', 'negotiated', 'session']);
});

test('a negotiated token is said to be for the two routes that read events, and no other', () => {
  const named = operations()
    .filter(({ operation }) => operation.security?.some((each) => 'negotiated' in each))
    .map(({ operation }) => operation.operationId);
  expect(named.toSorted()).toEqual(['listEvents', 'streamEvents']);
});

test('a subscription that is not created says what its refusals carry', () => {
  const responses = document.paths['/api/v1/subscriptions']?.['post']?.responses;
  const schemaOf = (status: string) =>
    JSON.stringify(responses?.[status]?.content?.['application/problem+json']?.schema);
  expect(schemaOf('409')).toContain('"key"');
  expect(schemaOf('422')).toMatch(/"remedy".*"graphCode"/);
});

test('an answer that it does not have is found by the tests of the routes', async () => {
  const { app, undocumented } = await comparingAnswers(async () => {
    const small = fastify();
    await describeApi(small.withTypeProvider<TypeBoxTypeProvider>(), '1.2.3');
    const schema = { response: { 200: Type.Object({}) } };
    small.get('/api/v1/things/:id', { schema }, async (request, reply) => {
      reply.statusCode = Number(request.headers['x-status'] ?? 200);
      return {};
    });
    return small;
  });
  await app.inject('/api/v1/things/1');
  expect(undocumented).toEqual([]);
  await app.inject({ url: '/api/v1/things/1', headers: { 'x-status': '418' } });
  expect(undocumented).toEqual(['GET /api/v1/things/:id 418']);
  await app.close();
});

test('every operation has a name of its own, a summary, a tag and answers', () => {
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { operation } of operations()) {
    expect(operation.summary).toBeTruthy();
    expect(operation.tags).toHaveLength(1);
    expect(Object.keys(operation.responses)).toContain('default');
    for (const answer of Object.values(operation.responses)) expect(answer.description).toBeTruthy();
  }
});

test('every variable of a path is described, and no other', () => {
  for (const { path, operation } of operations()) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const described = (operation.parameters ?? [])
      .filter((each) => each.in === 'path')
      .map(({ name }) => name);
    expect(described).toEqual(named);
  }
});

test('every operation under /api but this document needs a role and says which', () => {
  for (const { path, operation } of operations()) {
    const isOpen = !path.startsWith('/api') || path === '/api/v1/openapi.json';
    expect(operation.security === undefined).toBe(isOpen);
    expect(operation['x-role'] === undefined).toBe(isOpen);
  }
});

test('every schema is one that can validate, and nothing refers out of the document', () => {
  expect(JSON.stringify(document)).not.toContain('$ref');
  for (const { operation } of operations()) {
    const bodies = [operation.requestBody, ...Object.values(operation.responses)].flatMap((each) =>
      Object.values(each?.content ?? {}).map(({ schema }) => schema),
    );
    for (const schema of [...bodies, ...(operation.parameters ?? []).map((each) => each.schema)])
      expect(() => Compile(schema)).not.toThrow();
  }
});

test('a stream is said to be one', () => {
  const stream = document.paths['/api/v1/events/stream']?.['get'];
  expect(Object.keys(stream?.responses['200']?.content ?? {})).toEqual(['text/event-stream']);
});

test('the addresses of Graph and of operations are not part of the API', () => {
  expect(Object.keys(document.paths).filter((path) => !path.startsWith('/api'))).toEqual([
    '/healthz',
    '/readyz',
  ]);
});
