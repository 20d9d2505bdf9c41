import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { startWebPubSubServer } from './start-web-pubsub-server.ts';

/*
 * The local Web PubSub server as a process of its own:
 *   node src/local/web-pubsub-server/main.ts [--port 8090] [--host 127.0.0.1] [--access-key-file PATH]
 * Without a file it makes a key. When it is ready it prints one line of JSON, `{ connectionString, endpoint, port }`, to
 * standard output; its log goes to standard error. It ends on SIGTERM and SIGINT.
 */

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    'access-key-file': { type: 'string' },
    'log-level': { type: 'string', default: 'info' },
  },
});
const keyFile = values['access-key-file'];
const log = pino({ level: values['log-level'] }, pino.destination(2));
const server = await startWebPubSubServer({
  port: Number(values.port),
  host: values.host,
  accessKey:
    keyFile === undefined ? randomBytes(32).toString('base64') : readFileSync(keyFile, 'utf8').trim(),
  log,
});

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    void server.close();
  });

const { connectionString, endpoint, port } = server;
process.stdout.write(`${JSON.stringify({ connectionString, endpoint, port })}\n`);
