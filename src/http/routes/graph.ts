import type { FastifyReply, FastifyRequest } from 'fastify';
import { HubError } from '../../core/errors.ts';
import type { AppDeps } from '../app-deps.ts';
import { refuseEncoded } from '../encoded-body.ts';
import type { App } from '../typed-app.ts';

/*
 * Where Graph posts: https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 * Both URLs take both kinds of notification. This is the hot path: no schema, no cookie, no security headers beyond the handshake's
 * own, no log line; the body is taken as text whatever it says it is.
 */

const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_TOKEN_BYTES = 4096;
/** No control characters; anything else may stand in a token ("format can change without notice"). */
const PRINTABLE = /^\P{Cc}+$/u;

export type GraphRoutesDeps = Pick<AppDeps, 'steps' | 'metrics'>;

export function graphRoutes(app: App, deps: GraphRoutesDeps): void {
  app.removeAllContentTypeParsers();
  // A logger of its own for each request costs as much as parsing it does, and nothing is logged here.
  app.setChildLoggerFactory((logger) => logger);
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', (request, reply, done) => {
    const { validationToken } = request.query as Record<string, unknown>;
    if (validationToken !== undefined) {
      answerHandshake(validationToken, reply);
      return;
    }
    refuseEncoded(request);
    // Not looked at, so not parsed either: with or without a type, well-formed or not, the body goes to the one parser above.
    delete request.headers['content-type'];
    done();
  });
  app.addHook('onResponse', (_request, reply, done) => {
    deps.metrics.graphAnswered(reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
  const receive = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const text = typeof request.body === 'string' ? request.body : '';
    const outcome = await deps.steps.receiveNotifications(text);
    switch (outcome.status) {
      case 'accepted':
        return reply.code(202).send();
      case 'malformed':
        throw new HubError(
          'not_a_notification_collection',
          `This is not a notification collection: ${outcome.path || 'the body'} ${outcome.message}.`,
          { flaws: [{ path: outcome.path, message: outcome.message }] },
        );
      case 'not_committed':
        throw new HubError('not_committed', outcome.message);
    }
  };
  const options = { bodyLimit: MAX_BODY_BYTES, schema: { hide: true } };
  app.post('/graph/notifications', options, receive);
  app.post('/graph/lifecycle', options, receive);
}

/** The decoded token, as plain text that no browser takes for anything else. */
function answerHandshake(token: unknown, reply: FastifyReply): void {
  if (typeof token !== 'string' || Buffer.byteLength(token) > MAX_TOKEN_BYTES || !PRINTABLE.test(token))
    throw new HubError('bad_request', 'The validationToken is not one: up to 4 KiB of printable text.', {
      flaws: [{ path: 'validationToken', message: 'is not up to 4 KiB of printable text' }],
    });
  void reply
    .code(200)
    .header('x-content-type-options', 'nosniff')
    .type('text/plain; charset=utf-8')
    .send(token);
}
