import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runHub } from './hub-process.ts';
import { runLoad } from './load.ts';
import { median } from './median.ts';
import { postOf } from './notifications.ts';
import { onServers } from './places.ts';

export interface ReceiveResult {
  bare: number[];
  hub: number[];
  ratio: number;
  errors: number;
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
  const result: ReceiveResult = { bare: [], hub: [], ratio: 0, errors: 0 };
  try {
    await runLoad(`${hub.url}/graph/notifications`, 2, bodies);
    await runLoad(bareUrl, 2, bodies);
    for (let turn = 0; turn < turns; turn++) {
      const ofBare = await runLoad(bareUrl, seconds, bodies);
      const ofHub = await runLoad(`${hub.url}/graph/notifications`, seconds, bodies);
      result.bare.push(ofBare.requestsPerSecond);
      result.hub.push(ofHub.requestsPerSecond);
      result.errors += ofBare.errors + ofHub.errors;
    }
    result.ratio = median(result.hub) / median(result.bare);
    return result;
  } finally {
    bare.kill();
    await hub.stop();
    await place.dispose();
  }
}
