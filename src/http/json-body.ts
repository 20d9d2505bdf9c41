import { refuseEncoded } from './encoded-body.ts';
import type { App } from './typed-app.ts';

/**
 * Bodies are JSON and nothing else. No body where one is described stands for an empty object, with or without a content type:
 * "all of them", "the defaults" need no `{}`. Members named `__proto__` or `constructor` are refused.
 */
export function acceptJson(app: App): void {
  // After the credential was asked for, before anything is read.
  app.addHook('preParsing', (request, _reply, payload, done) => {
    refuseEncoded(request);
    done(null, payload);
  });
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body, done);
  });
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.routeOptions.schema?.body !== undefined && request.body === undefined) request.body = {};
    done();
  });
}
