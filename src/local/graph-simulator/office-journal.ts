import { appendFile, readFile } from 'node:fs/promises';
import type { Log } from '../../ports/log.ts';
import { messageOf } from '../../core/errors.ts';
import { writeFileAtomic } from './atomic-file.ts';
import type { OfficeChange, OfficeItem } from './office-items.ts';
import type { OfficeStore } from './office-store.ts';

/*
 * What happened in the office, one JSON text a line, so that a hub that is started again finds what it was told of:
 *   { "seed": 1, "position": 420, "put": item }   or   { "seed": 1, "position": 421, "gone": item }
 * Written as it happens, which is sooner than any notification of it leaves; read back at start, and then, as whenever it has
 * grown, replaced by the newest items of each mailbox.
 */

/** Items of each kind and mailbox that outlive a restart. */
const KEEP_ON_DISK = 200;
const REWRITE_AFTER_BYTES = 16 * 1024 * 1024;

interface Line {
  seed: number;
  position: number;
  put?: OfficeItem;
  gone?: OfficeItem;
}

export interface OfficeJournal {
  /** @param position how far the script of this seed is after the change */
  write(change: OfficeChange, position: number): void;
  /** Resolves when all that was written is with the operating system. */
  flushed(): Promise<void>;
}

/** Fills the store from the journal and opens it. `position` is where the script of this seed stopped, 0 for a new office. */
export async function openOfficeJournal(
  deps: { store: OfficeStore; log: Log },
  path: string,
  seed: number,
): Promise<{ journal: OfficeJournal; position: number }> {
  const { store, log } = deps;
  let position = replay(store, await readIfThere(path), seed);
  let pending: string[] = [];
  let bytes = 0;
  let flushing: Promise<void> | null = null;

  async function rewrite(): Promise<void> {
    const items = store.snapshot(KEEP_ON_DISK);
    const lines = items.map((put) => JSON.stringify({ seed, position, put } satisfies Line));
    pending = [];
    bytes = 0;
    await writeFileAtomic(path, `${lines.join('\n')}\n`);
  }

  async function flush(): Promise<void> {
    while (pending.length > 0) {
      if (bytes > REWRITE_AFTER_BYTES) {
        await rewrite();
        continue;
      }
      const text = `${pending.join('\n')}\n`;
      pending = [];
      bytes += Buffer.byteLength(text);
      await appendFile(path, text, { mode: 0o600 });
    }
  }

  function flushSoon(): Promise<void> {
    flushing ??= flush()
      .catch((error: unknown) => log.error({ error: messageOf(error) }, 'simulator.journal_failed'))
      .finally(() => {
        flushing = null;
      });
    return flushing;
  }

  await rewrite();
  return {
    position,
    journal: {
      write: ({ changeType, item }, at) => {
        position = at;
        pending.push(JSON.stringify({ seed, position, [changeType === 'deleted' ? 'gone' : 'put']: item }));
        void flushSoon();
      },
      flushed: flushSoon,
    },
  };
}

function replay(store: OfficeStore, text: string, seed: number): number {
  let position = 0;
  for (const part of text.split('\n')) {
    const line = part === '' ? null : readLine(part);
    if (line === null) continue;
    if (line.seed === seed) position = Math.max(position, line.position);
    if (line.put !== undefined) store.put(line.put);
    if (line.gone !== undefined) store.remove(line.gone);
  }
  return position;
}

/** Null for a line that was cut off when the process was killed. */
function readLine(text: string): Line | null {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return null;
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
