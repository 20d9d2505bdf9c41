import { fastify } from 'fastify';
import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { LocalCertificates } from '../local-ca.ts';
import type { BearerTokens } from './bearer-tokens.ts';
import { controlRoutes } from './control-routes.ts';
import { entraRoutes, type EntraIdentity } from './entra-routes.ts';
import { graphRoutes, sendReply } from './graph-routes.ts';
import { errorReply, type GraphReply } from './graph-reply.ts';
import type { ResourceQuestion } from './resource-answers.ts';
import type { SimulatorControl } from './simulator-control.ts';
import type { SimulatorFaults } from './simulator-faults.ts';
import type { SubscriptionCalls } from './subscription-calls.ts';

export interface SimulatorServerParts {
  certificates: LocalCertificates;
  port: number;
  adminKey: string;
  identity: EntraIdentity;
  tokens: BearerTokens;
  faults: SimulatorFaults;
  subscriptions: SubscriptionCalls;
  resources: (question: ResourceQuestion) => GraphReply;
  control: SimulatorControl;
  rootUrl: () => string;
  log: Log;
}

/** One HTTPS server for Entra ID, Graph and the control API. */
export async function simulatorServer(
  parts: SimulatorServerParts,
): Promise<{ url: string; close(): Promise<void> }> {
  const { certificates, log } = parts;
  const app = fastify({
    https: { key: certificates.key, cert: certificates.cert },
    forceCloseConnections: true,
    bodyLimit: 4 * 1024 * 1024,
    routerOptions: { maxParamLength: 4096 },
    frameworkErrors: (error, _request, reply) => {
      void sendReply(reply, errorReply(400, 'BadRequest', error.message));
    },
  });
  /** Every body comes as text, with any content type or none: who parses it says what is wrong with it in their own words. */
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, _request, reply) => {
    log.error({ error: messageOf(error) }, 'simulator.request_failed');
    return sendReply(
      reply,
      errorReply(500, 'generalException', 'An internal error occurred in the simulator.'),
    );
  });

  entraRoutes(app, parts);
  await app.register(
    async (graph) => graphRoutes(graph, { ...parts, applicationId: parts.identity.clientId }),
    { prefix: '/v1.0' },
  );
  await app.register(async (control) => controlRoutes(control, parts.control, parts.adminKey), {
    prefix: '/control',
  });

  const url = await app.listen({ host: '127.0.0.1', port: parts.port });
  return { url, close: () => app.close() };
}
