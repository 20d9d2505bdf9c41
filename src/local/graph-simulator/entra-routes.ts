import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { BearerTokens } from './bearer-tokens.ts';
import type { SimulatorFaults } from './simulator-faults.ts';

/*
 * The two endpoints of Entra ID that an application without a user needs, with its errors:
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 * The keys of validation tokens would be a third, at `jwks_uri`.
 */

export interface EntraIdentity {
  tenantId: string;
  clientId: string;
  clientSecret: string;
}

interface EntraError {
  status: number;
  error: string;
  code: number;
  message: string;
}

export function entraRoutes(
  app: FastifyInstance,
  deps: { identity: EntraIdentity; tokens: BearerTokens; faults: SimulatorFaults; rootUrl: () => string },
): void {
  const { identity, tokens, faults, rootUrl } = deps;

  app.get<{ Params: { tenant: string } }>(
    '/:tenant/v2.0/.well-known/openid-configuration',
    (request, reply) => {
      const { tenant } = request.params;
      if (faults.entraDown()) return reply.code(503).send('Service Unavailable');
      if (tenant !== identity.tenantId) return refuse(reply, unknownTenant(tenant));
      const base = `${rootUrl()}/${tenant}`;
      return reply.send({
        token_endpoint: `${base}/oauth2/v2.0/token`,
        token_endpoint_auth_methods_supported: ['client_secret_post'],
        jwks_uri: `${base}/discovery/v2.0/keys`,
        response_types_supported: ['token'],
        subject_types_supported: ['pairwise'],
        issuer: `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        tenant_region_scope: 'EU',
      });
    },
  );

  app.post<{ Params: { tenant: string } }>('/:tenant/oauth2/v2.0/token', (request, reply) => {
    if (faults.entraDown()) return reply.code(503).send('Service Unavailable');
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
    const flaw = flawOf(identity, request.params.tenant, form);
    if (flaw !== null) return refuse(reply, flaw);
    const { token, expiresInSeconds } = tokens.issue(form.get('scope') ?? '');
    return reply.header('cache-control', 'no-store').send({
      token_type: 'Bearer',
      expires_in: expiresInSeconds,
      ext_expires_in: expiresInSeconds,
      access_token: token,
    });
  });
}

function flawOf(identity: EntraIdentity, tenant: string, form: URLSearchParams): EntraError | null {
  const client = form.get('client_id') ?? '';
  const secret = form.get('client_secret');
  const scope = form.get('scope') ?? '';
  if (tenant !== identity.tenantId) return unknownTenant(tenant);
  if (form.get('grant_type') !== 'client_credentials')
    return {
      status: 400,
      error: 'unsupported_grant_type',
      code: 70003,
      message: 'The app requested an unsupported grant type.',
    };
  if (!scope.endsWith('/.default'))
    return {
      status: 400,
      error: 'invalid_scope',
      code: 70011,
      message: `The provided request must include a 'scope' input parameter. The scope ${scope} is not valid.`,
    };
  if (client !== identity.clientId)
    return {
      status: 400,
      error: 'unauthorized_client',
      code: 700_016,
      message: `Application with identifier '${client}' was not found in the directory 'Marlow Instruments'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
    };
  if (form.has('client_assertion'))
    return {
      status: 401,
      error: 'invalid_client',
      code: 700_027,
      message:
        'The certificate with identifier used to sign the client assertion is not registered on application.',
    };
  if (secret === null)
    return {
      status: 401,
      error: 'invalid_client',
      code: 7_000_218,
      message:
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    };
  return sameSecret(secret, identity.clientSecret)
    ? null
    : {
        status: 401,
        error: 'invalid_client',
        code: 7_000_215,
        message: `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${client}'.`,
      };
}

function unknownTenant(tenant: string): EntraError {
  const message = `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`;
  return { status: 400, error: 'invalid_tenant', code: 90_002, message };
}

function refuse(reply: FastifyReply, { status, error, code, message }: EntraError): FastifyReply {
  const [trace, correlation] = [randomUUID(), randomUUID()];
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return reply.code(status).send({
    error,
    error_description: `AADSTS${code}: ${message}\r\nTrace ID: ${trace}\r\nCorrelation ID: ${correlation}\r\nTimestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
  });
}

/** In constant time, whatever the lengths. */
export function sameSecret(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest()) as [
    Buffer,
    Buffer,
  ];
  return timingSafeEqual(a, b);
}
