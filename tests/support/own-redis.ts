import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startGuarded, type GuardedProcess } from './guarded-process.ts';
import type { OwnServer } from './own-server.ts';
import { findProgram } from './programs.ts';
import { until } from './until.ts';

interface OwnRedis extends OwnServer {
  /** FLUSHALL. */
  flush(): Promise<void>;
  /** One inline command; its answer in Redis's own notation. */
  command(text: string): Promise<string>;
}

/**
 * A Redis of the caller's own, on a free port with a temporary folder, which a test can empty, crash, freeze, stop and start.
 * @param durable an append-only file, so that it comes back with its data
 * @param cluster a cluster of one node, which has all slots
 */
export async function ownRedis({ durable = true, cluster = false } = {}): Promise<OwnRedis> {
  const program = findProgram('redis-server');
  if (program === null) throw new Error('There is no redis-server program on this machine.');
  const folder = await mkdtemp(join(tmpdir(), 'heliograph-redis-'));
  const port = await freePort();
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    loglevel: 'warning',
    appendonly: durable ? 'yes' : 'no',
    ...(cluster ? { 'cluster-enabled': 'yes', 'cluster-announce-ip': '127.0.0.1' } : { databases: 4096 }),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  let server: GuardedProcess | null = null;

  const start = async (): Promise<void> => {
    await until(
      async () => {
        if (server === null || server.hasExited())
          server = await startGuarded([program, ...args], { folder, endBy: 'KILL', owner: {} });
        return (await command(port, 'PING')).startsWith('+PONG');
      },
      { what: 'the start of Redis' },
    );
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server === null || server.hasExited()) return;
    process.kill(server.pid, 'SIGCONT');
    process.kill(server.pid, signal);
    await server.exited;
  };

  await start();
  if (cluster) {
    await command(port, 'CLUSTER ADDSLOTSRANGE 0 16383');
    await until(async () => (await command(port, 'CLUSTER INFO')).includes('cluster_state:ok'));
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    stop: () => end('SIGTERM'),
    crash: () => end('SIGKILL'),
    freeze: async () => {
      if (server !== null) process.kill(server.pid, 'SIGSTOP');
    },
    thaw: () => {
      if (server !== null && !server.hasExited()) process.kill(server.pid, 'SIGCONT');
    },
    flush: async () => {
      await command(port, 'FLUSHALL');
    },
    command: (text) => command(port, text),
    dispose: async () => {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One inline command on a connection of its own. */
function command(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${text}\r\n`));
    socket.setTimeout(2_000, () => socket.destroy(new Error('Redis does not answer')));
    socket.once('data', (answer) => {
      resolve(answer.toString());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
