import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cpuTimeMs } from './cpu-time.ts';
import { runHub } from './hub-process.ts';
import { runLoad } from './load.ts';
import { median } from './median.ts';
import { postOf } from './notifications.ts';
import { onServers } from './places.ts';

export interface ReceiveResult {
  bare: Runs;
  hub: Runs;
  ratio: number;
  errors: number;
}

interface Runs {
  perSecond: number[];
  /** CPU time of the process for each post, in microseconds. */
  cpu: number[];
}

/** (a) Durable 202s a second of a receiver, against a bare Fastify route that does the same parse, in turns. */
export async function benchReceive({ seconds = 6, turns = 4 } = {}): Promise<ReceiveResult> {
  const place = await onServers();
  const hub = await runHub({ ...place.settings, ROLES: 'receiver' });
  const bare = spawn(process.execPath, [fileURLToPath(new URL('bare-route.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(bare.stdout, 'data')) as [Buffer];
  const bareUrl = line.toString().trim();
  const watched = { key: 'k'.repeat(24), graphId: 'b3f6a9f0-6a57-4c5b-9a3c-5a1c5e1c7d10', user: 'u' };
  const bodies = [postOf(watched, '@N@', ['AAMkAD@N@'])];
  const hubUrl = `${hub.url}/graph/notifications`;
  const result: ReceiveResult = {
    bare: { perSecond: [], cpu: [] },
    hub: { perSecond: [], cpu: [] },
    ratio: 0,
    errors: 0,
  };
  const run = async (runs: Runs, pid: number, url: string): Promise<void> => {
    const before = await cpuTimeMs(pid);
    const { requests, requestsPerSecond, errors } = await runLoad(url, seconds, bodies);
    runs.perSecond.push(requestsPerSecond);
    runs.cpu.push((((await cpuTimeMs(pid)) - before) * 1_000) / requests);
    result.errors += errors;
  };
  try {
    await runLoad(hubUrl, 2, bodies);
    await runLoad(bareUrl, 2, bodies);
    for (let turn = 0; turn < turns; turn++) {
      await run(result.bare, bare.pid ?? 0, bareUrl);
      await run(result.hub, hub.pid, hubUrl);
    }
    result.ratio = median(result.hub.perSecond) / median(result.bare.perSecond);
    return result;
  } finally {
    bare.kill();
    await hub.stop();
    await place.dispose();
  }
}
