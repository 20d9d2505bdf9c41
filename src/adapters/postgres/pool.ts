import {
  DatabaseError,
  Pool,
  TypeOverrides,
  types as pgTypes,
  type PoolClient,
  type QueryResultRow,
} from 'pg';
import { HubError } from '../../core/errors.ts';
import type { Log } from '../../ports/log.ts';

export interface PoolOptions {
  url: string;
  /** Connections at most. */
  max: number;
  /** A query that takes longer fails. */
  timeoutMs: number;
  /** The wait for a connection; as long as a query may take where nothing is said. */
  connectTimeoutMs?: number;
  log: Log;
}

/** int8 as number (sequences stay below 2^53 for any hub's life), everything else as `pg` has it. */
const types = new TypeOverrides();
types.setTypeParser(pgTypes.builtins.INT8, Number);

/** A pool whose lost connections are logged and replaced. Statements stay unnamed: the embedded database shares names. */
export function openPool({ url, max, timeoutMs, connectTimeoutMs = timeoutMs, log }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    types,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: timeoutMs,
    application_name: 'heliograph',
    keepAlive: true,
  });
  pool.on('error', (error) => log.warn({ reason: error.message }, 'store.connection_lost'));
  // The pool listens to idle clients only. One that loses its connection in a transaction fails its query, and must not end the
  // process as well.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Runs one statement; a database that cannot be reached is `store_unavailable`, a fault of ours stays what it is. */
export async function query<Row extends QueryResultRow>(
  pool: Pick<Pool, 'query'>,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  try {
    return (await pool.query<Row>(text, values)).rows;
  } catch (error) {
    throw asUnavailable(error);
  }
}

/**
 * Joined to the `from` of an update, it lets the commit not wait for the disk: for leases and cursors, where all that a crash of the
 * database can cost is work done twice. It is the transaction's own setting, so no other client of a shared session sees it.
 */
export const WITHOUT_WAITING = `(select set_config('synchronous_commit', 'off', true)) as without_waiting`;

/**
 * The log's head, for a `from`. The limit tells the planner that it is one row: a table that is never analysed counts as thousands,
 * and plans made for those cost 10 ms and more, most of it in compiling them (measured).
 */
export const LOG_HEAD = '(select sequence, oldest from heliograph.log_head limit 1) h';

export async function inTransaction<Result>(
  pool: Pool,
  act: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw asUnavailable(error);
  });
  try {
    await client.query('begin');
    const result = await act(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    // Destroyed rather than rolled back: the connection may be in any state, and closing it rolls back as well.
    client.release(true);
    throw asUnavailable(error);
  }
}

/** The SQLSTATE of an error the database answered with; null for one that never got an answer. */
export function sqlState(error: unknown): string | null {
  return error instanceof DatabaseError ? (error.code ?? null) : null;
}

/** Class 22: the data itself is bad, another try cannot help. Also what the wire cannot carry. */
export function refusesData(error: unknown): boolean {
  const state = sqlState(error);
  return state !== null && (state.startsWith('22') || state === '54000');
}

/** Answers that mean "not now": no connection, shutting down, starting up, too many connections, read-only standby. */
const PASSING = /^(?:08|57P|53|25006|40)/;

function asUnavailable(error: unknown): unknown {
  if (error instanceof HubError) return error;
  const state = sqlState(error);
  if (state !== null && !PASSING.test(state)) return error;
  if (state === null && !isConnectionFault(error)) return error;
  return new HubError(
    'store_unavailable',
    'The database cannot be reached. Check DATABASE_URL and Postgres.',
    {
      cause: error,
    },
  );
}

function isConnectionFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string' && /^E(?!RR_)[A-Z]+$/.test(error.code)) return true;
  return /timeout|terminated|ended|closed|not queryable/i.test(error.message);
}
