import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findProgram } from '../tests/support/programs.ts';
import { benchLatency, type LatencyResult } from './latency.ts';
import { median } from './median.ts';
import { embedded, onServers } from './places.ts';
import { missingPrograms } from './programs.ts';
import { benchReceive, type ReceiveResult } from './receive.ts';
import { benchFetching, benchThroughput, type ThroughputResult } from './throughput.ts';

/*
 * `npm run bench` measures and prints one page; `npm run bench -- --write` keeps it as docs/benchmarks.md. It needs `postgres`,
 * `redis-server` and `wrk` on the machine, takes some four minutes, and wants the machine to itself.
 */

const PAGE = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

const { values } = parseArgs({
  options: { write: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const seconds = values.quick ? 3 : 10;

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

const missing = missingPrograms();
if (missing !== null) {
  say(missing);
  process.exit(1);
}

say('(a) durable answers a second');
const receive = await benchReceive({ seconds: values.quick ? 3 : 6, turns: values.quick ? 2 : 4 });
say('(b) from the post to the client, on Postgres and Redis');
const onRedis = await benchLatency(onServers, values.quick ? 5 : 20);
say('(b) the same, embedded');
const onEmbedded = await benchLatency(embedded, values.quick ? 5 : 20);
say('(c) the whole path, 1 and 20 items a post');
const one = await benchThroughput(1, seconds);
const twenty = await benchThroughput(20, seconds);
say('(c) the same with fetching');
const fetchOne = await benchFetching(1, seconds);
const fetchTwenty = await benchFetching(20, seconds);

const page = pageOf();
process.stdout.write(page);
if (values.write) await writeFile(PAGE, page);

function pageOf(): string {
  return `# Benchmarks

Printed by \`npm run bench -- --write\`; \`npm run bench\` prints the same page without keeping it. It needs \`postgres\`, \`redis-server\` and \`wrk\`
(on Debian: \`apt-get install postgresql redis-server wrk\`), takes some four minutes and wants the machine to itself. Everything runs on one
machine, the load generator included, so the numbers say how the parts compare, not how large a machine you need.

Machine: ${cpus().length} cores (${cpus()[0]?.model ?? '?'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, Postgres ${versionOf('postgres', /\(PostgreSQL\) (\S+)/)}, Redis ${versionOf('redis-server', /v=(\S+)/)}.
Measured on ${new Date().toISOString().slice(0, 10)}. Postgres syncs every commit (\`fsync\` and \`synchronous_commit\` on).

## (a) Durable 202s a second

${receiveRows(receive)}

A receiver (\`ROLES=receiver\`, Postgres, Redis) against a bare Fastify route that parses the same JSON and answers 202, in turns in the same run: \`wrk\` with one thread
and 64 connections, one notification a post, every answer of the hub after its commit. Machines are noisy; the ratio is what counts. The goal is 0.8.
Both processes are busy on one core, so the ratio is that of their CPU time: beside the parse, the hub checks the shape and the proof, shares a commit with some 30 other
posts, talks to Postgres and asks for the work. The quicker the bare route, the more that weighs; \`wrk\` and Postgres have the other core.

## (b) From a POST to its event in a client

${latencyRows([
  ['Postgres, BullMQ on Redis', onRedis],
  ['embedded (PGlite, BullMQ on it)', onEmbedded],
])}

200 posts a second for ${values.quick ? 5 : 20} s, open loop (one every 5 ms, whether the ones before were answered or not), every role in one process, without fetching; from the start of the
POST to the arrival at a client of Web PubSub, the SDK that a browser uses, through the local server. Load generator and client share a process.
Goal on Redis: p99 under 50 ms.

## (c) Notifications a second through the whole path

${throughputRows([
  ['1 item a post', one],
  ['20 items a post', twenty],
  ['1 item a post, each message fetched', fetchOne],
  ['20 items a post, each message fetched', fetchTwenty],
])}

From the first post until everything posted is in the log: \`wrk\` with 64 connections for ${seconds} s, every role in one process, Postgres and Redis. Fetched means read in \`$batch\` from the Graph
simulator, in a process of its own on the same cores, over HTTPS, from 12 mailboxes of which each is asked for at most 4 messages at once.
Goals: 8,000 at 1 item a post, 20,000 at 20, 3,000 with fetching.
`;
}

function receiveRows({ bare, hub, ratio }: ReceiveResult): string {
  return `| | median a second | runs | CPU time a post |
|---|---|---|---|
${runsRow('bare Fastify route', bare)}
${runsRow('receiver, each 202 after its commit', hub)}
| ratio | **${ratio.toFixed(2)}** | | |`;
}

function runsRow(name: string, { perSecond, cpu }: ReceiveResult['hub']): string {
  return `| ${name} | ${whole(median(perSecond))} | ${perSecond.map(whole).join(', ')} | ${median(cpu).toFixed(0)} µs |`;
}

function latencyRows(rows: readonly [string, LatencyResult][]): string {
  const lines = rows.map(
    ([name, { sent, arrived, p50, p95, p99 }]) =>
      `| ${name} | ${p50.toFixed(1)} | ${p95.toFixed(1)} | **${p99.toFixed(1)}** | ${arrived} of ${sent} |`,
  );
  return `| | p50 ms | p95 ms | p99 ms | arrived |\n|---|---|---|---|---|\n${lines.join('\n')}`;
}

function throughputRows(rows: readonly [string, ThroughputResult][]): string {
  const lines = rows.map(
    ([name, { posted, seconds: took, perSecond }]) =>
      `| ${name} | **${whole(perSecond)}** | ${posted} in ${took.toFixed(1)} s |`,
  );
  return `| | a second | |\n|---|---|---|\n${lines.join('\n')}`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** @param mark finds the version in what the program says of itself */
function versionOf(program: string, mark: RegExp): string {
  const said = execFileSync(findProgram(program) ?? program, ['--version'], { encoding: 'utf8' });
  return mark.exec(said)?.[1] ?? '?';
}
