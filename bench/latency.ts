import { Agent, request } from 'node:http';
import { WebPubSubClient } from '@azure/web-pubsub-client';
import { until } from '../tests/support/until.ts';
import { runHub, type RunningHub } from './hub-process.ts';
import { median, quantile } from './median.ts';
import { postOf, type Watched } from './notifications.ts';
import type { Place } from './places.ts';
import { watchUser } from './watch.ts';

export interface LatencyResult {
  sent: number;
  arrived: number;
  p50: number;
  p95: number;
  p99: number;
}

const PER_SECOND = 200;

/**
 * (b) From the start of a POST to its event in a client of Web PubSub (the SDK that a browser uses, in this process), open loop: a post
 * every 5 ms, whether the ones before have been answered or not.
 */
export async function benchLatency(make: () => Promise<Place>, seconds = 20): Promise<LatencyResult> {
  const place = await make();
  const hub = await runHub(place.settings);
  try {
    const watched = await watchUser(hub, 'none');
    return await measure(hub, watched, seconds);
  } finally {
    await hub.stop();
    await place.dispose();
  }
}

async function measure(hub: RunningHub, watched: Watched, seconds: number): Promise<LatencyResult> {
  const arrivals = new Map<string, number>();
  const { url } = await hub.api<{ url: string }>('POST', '/api/v1/realtime/negotiate', {
    groups: [`subscription.${watched.key}`],
  });
  const client = new WebPubSubClient(url);
  const listen = ({ message }: { message: { data: unknown } }): void => {
    const at = performance.now();
    for (const event of (message.data as { events: { subject: string }[] }).events)
      arrivals.set(event.subject.split('/').at(-1) ?? '', at);
  };
  client.on('server-message', listen);
  client.on('group-message', listen);
  await client.start();
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const target = `${hub.url}/graph/notifications`;
  try {
    await postEvery(target, agent, watched, 'warm', 3 * PER_SECOND);
    const sentAt = await postEvery(target, agent, watched, 'run', seconds * PER_SECOND);
    await until(() => [...sentAt.keys()].every((id) => arrivals.has(id)), {
      timeoutMs: 15_000,
      what: 'every event in the client',
    }).catch(() => undefined);
    const took = [...sentAt].flatMap(([id, at]) => {
      const arrivedAt = arrivals.get(id);
      return arrivedAt === undefined ? [] : [arrivedAt - at];
    });
    return {
      sent: sentAt.size,
      arrived: took.length,
      p50: median(took),
      p95: quantile(took, 0.95),
      p99: quantile(took, 0.99),
    };
  } finally {
    client.stop();
    agent.destroy();
  }
}

/** Posts on a fixed schedule. @returns when each post began */
async function postEvery(
  target: string,
  agent: Agent,
  watched: Watched,
  run: string,
  count: number,
): Promise<Map<string, number>> {
  const sentAt = new Map<string, number>();
  const start = performance.now();
  return new Promise((resolve, reject) => {
    let next = 0;
    const timer = setInterval(() => {
      for (; next < count && performance.now() - start >= (next * 1000) / PER_SECOND; next++) {
        const id = `AAMkAD${run}${next}`;
        sentAt.set(id, performance.now());
        post(target, agent, postOf(watched, `${run}${next}`, [id]), reject);
      }
      if (next < count) return;
      clearInterval(timer);
      resolve(sentAt);
    }, 1);
  });
}

function post(target: string, agent: Agent, body: string, failed: (error: Error) => void): void {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const sent = request(target, { method: 'POST', agent, headers }, (response) => {
    if (response.statusCode !== 202) failed(new Error(`a post was answered ${response.statusCode}`));
    response.resume();
  });
  sent.on('error', failed);
  sent.end(body);
}
