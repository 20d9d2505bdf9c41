import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { expect, onTestFinished } from 'vitest';
import { buildApp } from '../../src/http/app.ts';
import type { AppDeps } from '../../src/http/app-deps.ts';
import { comparingAnswers } from './documented-answers.ts';
import { testHub, type TestHub } from './hub-deps.ts';

/** An app over a hub in memory, closed when the test is over. What it answered has to be in its OpenAPI document. */
export async function openApp(change: Partial<AppDeps> = {}): Promise<TestHub & { app: FastifyInstance }> {
  const hub = testHub(change);
  const { app, undocumented } = await comparingAnswers(() => buildApp(hub.deps));
  onTestFinished(async () => {
    await app.close();
    expect(undocumented, 'answers that the OpenAPI document does not have').toEqual([]);
  });
  await app.ready();
  return Object.assign(hub, { app });
}

/** The same, listening on a free port of loopback. */
export async function listen(
  change: Partial<AppDeps> = {},
): Promise<TestHub & { app: FastifyInstance; url: string; port: number }> {
  const hub = await openApp(change);
  const url = await hub.app.listen({ host: '127.0.0.1', port: 0 });
  // Fastify's own line that it listens.
  hub.logLines.length = 0;
  return Object.assign(hub, { url, port: Number(new URL(url).port) });
}

/** What every problem document has; the rest for the test to look at. */
export function problemIn(response: LightMyRequestResponse): Record<string, unknown> {
  if (!String(response.headers['content-type']).startsWith('application/problem+json'))
    throw new Error(`${response.statusCode} is no problem document: ${response.body}`);
  const problem = response.json<Record<string, unknown>>();
  for (const member of ['type', 'title', 'status', 'detail', 'code', 'requestId', 'timestamp'])
    if (!(member in problem)) throw new Error(`${member} is missing: ${response.body}`);
  if (problem['status'] !== response.statusCode) throw new Error(`status differs: ${response.body}`);
  if (problem['requestId'] !== response.headers['x-request-id']) throw new Error('requestId differs');
  return problem;
}
