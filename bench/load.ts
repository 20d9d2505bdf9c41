import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface LoadResult {
  requestsPerSecond: number;
  requests: number;
  /** Answers that were not 2xx, and broken connections. */
  errors: number;
}

/**
 * `wrk` with one thread and 64 connections, closed loop. `@N@` in a body is replaced by a number of its own in every request.
 * @param bodies sent in turn
 */
export async function runLoad(url: string, seconds: number, bodies: readonly string[]): Promise<LoadResult> {
  const folder = await mkdtemp(join(tmpdir(), 'heliograph-bench-'));
  try {
    const script = join(folder, 'post.lua');
    await writeFile(script, luaOf(bodies));
    const { stdout } = await promisify(execFile)('wrk', ['-t1', '-c64', `-d${seconds}s`, '-s', script, url], {
      maxBuffer: 1 << 26,
    });
    return resultOf(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each body is cut at its marks once; a request only joins the pieces with its number. */
function luaOf(bodies: readonly string[]): string {
  const tables = bodies.map((body) => `{${body.split('@N@').map(luaString).join(',')}}`);
  return `
local bodies = {${tables.join(',\n')}}
local run = string.format("%x", os.time())
local n = 0
request = function()
  n = n + 1
  local pieces = bodies[(n - 1) % #bodies + 1]
  return wrk.format("POST", nil, { ["content-type"] = "application/json" }, table.concat(pieces, run .. n))
end
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d\\n", summary.requests, summary.duration, e.status + e.connect + e.read + e.write + e.timeout))
end
`;
}

function luaString(text: string): string {
  return `[==[${text}]==]`;
}

function resultOf(stdout: string): LoadResult {
  const [, requests = '0', microseconds = '1', errors = '0'] = /RESULT (\d+) (\d+) (\d+)/.exec(stdout) ?? [];
  return {
    requests: Number(requests),
    requestsPerSecond: Number(requests) / (Number(microseconds) / 1e6),
    errors: Number(errors),
  };
}
