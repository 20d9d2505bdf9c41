import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { randomBytes } from 'node:crypto';
import { until } from '../tests/support/until.ts';
import { freePort } from '../tests/support/guarded-process.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export const SECRETS_KEY = randomBytes(32).toString('base64');
export const ADMIN_API_KEY = randomBytes(24).toString('base64url');

export interface RunningHub {
  url: string;
  pid: number;
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
}

/** A hub in a process of its own, with these settings and secrets the bench knows. */
export async function runHub(settings: Record<string, string>): Promise<RunningHub> {
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN, 'start'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      ...(process.env['NODE_EXTRA_CA_CERTS'] && { NODE_EXTRA_CA_CERTS: process.env['NODE_EXTRA_CA_CERTS'] }),
      PORT: String(port),
      LOG_LEVEL: 'error',
      SIMULATOR_CHANGES_PER_SECOND: '0',
      SECRETS_KEY,
      ADMIN_API_KEY,
      ...settings,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  await ready(child, url);
  return {
    url,
    pid: child.pid ?? 0,
    api: (method, path, body) => call(url, method, path, body),
    stop: () => end(child),
  };
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`the hub ended with ${child.exitCode}`);
      return (await fetch(`${url}/readyz`)).ok;
    },
    { timeoutMs: 60_000, everyMs: 50, what: 'the hub is ready' },
  );
}

async function call<T>(url: string, method: string, path: string, body: unknown): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${ADMIN_API_KEY}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
