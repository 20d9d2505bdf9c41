import type { PGlite } from '@electric-sql/pglite';

/** What a frontend message is told by: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const QUERY = 'Q'.charCodeAt(0);
const SYNC = 'S'.charCodeAt(0);
/** Parse, Bind, Describe, Execute, Close, Flush: the steps of an extended query, which its Sync ends. */
const EXTENDED_STEPS = new Set(Buffer.from('PBDECH'));

/**
 * Keeps the steps of one client's extended query together. The socket server passes the messages of all clients on one by one, and
 * holds a client's turn only while the database says that a transaction is open. Between Parse and Sync none is, so two clients
 * that wait while a third has a transaction would afterwards bind their values to each other's unnamed statement. Here the
 * database says "in a transaction" from the first step to the Sync.
 */
export function keepExtendedQueriesWhole(database: PGlite, onFault: (error: unknown) => void): void {
  const isInTransaction = database.isInTransaction.bind(database);
  const execProtocolRawStream = database.execProtocolRawStream.bind(database);
  let midQuery = false;
  database.isInTransaction = () => midQuery || isInTransaction();
  database.execProtocolRawStream = async (message, options) => {
    const type = message[0];
    if (type === QUERY || type === SYNC) midQuery = false;
    else if (type !== undefined && EXTENDED_STEPS.has(type)) midQuery = true;
    try {
      await execProtocolRawStream(message, options);
    } catch (error) {
      // Errors of SQL are answers, not exceptions: this is the database itself giving way.
      onFault(error);
      throw error;
    }
  };
}
