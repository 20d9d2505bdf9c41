import { fastify } from 'fastify';

/** What the receiver is measured against: a route that parses the JSON and answers 202, and nothing else. */
const app = fastify({ bodyLimit: 4 * 1024 * 1024 });
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
app.post('/graph/notifications', (request, reply) => {
  JSON.parse(request.body as string);
  return reply.code(202).send();
});
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}/graph/notifications\n`);
