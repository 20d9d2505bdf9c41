import type { FastifyReply } from 'fastify';

/** Answers as the hub refuses: RFC 9457. */
export function problem(
  reply: FastifyReply,
  status: number,
  code: string,
  detail: string,
  extra: Record<string, unknown> = {},
): FastifyReply {
  const common = {
    type: `urn:heliograph:problem:${code}`,
    title: code,
    requestId: 'r',
    timestamp: new Date().toISOString(),
  };
  return reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify({ ...extra, ...common, status, detail, code }));
}
