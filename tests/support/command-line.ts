import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { baseEnvironment } from './hub-process.ts';
import { findOldNode } from './system-node.ts';

export interface CommandRun {
  code: number | null;
  out: string;
  err: string;
}

/** The Node that a person's shell finds: where it is an old one, the launcher has to find another. */
const NODE = findOldNode() ?? process.execPath;
const LAUNCHER = resolve('bin/heliograph.js');
/** The launcher ends its child when it is ended itself; `kill -9` would leave it. */
const TIMEOUT_MS = 60_000;

/** Runs `heliograph` as a person does, on the machine of the hub with that port and data folder. */
export async function heliograph(
  hub: { port: number; dataDir: string; folder: string },
  ...args: readonly string[]
): Promise<CommandRun> {
  const child = spawn(NODE, [LAUNCHER, ...args], {
    cwd: hub.folder,
    env: { ...baseEnvironment(), PORT: String(hub.port), DATA_DIR: hub.dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
  });
  const exit = once(child, 'exit');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await exit) as [number | null];
  return { code, out, err };
}
