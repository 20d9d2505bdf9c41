import type { FastifyRequest } from 'fastify';
import { HubError } from '../core/errors.ts';

/** Bodies are read as they come: one that is compressed would be told to be malformed, which helps nobody. Throws `unsupported_media_type`. */
export function refuseEncoded({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new HubError('unsupported_media_type', 'Send the body without a content encoding.');
}
