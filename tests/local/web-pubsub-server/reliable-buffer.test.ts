import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageFromServer } from '../../../src/local/web-pubsub-server/outbound-message.ts';
import { ReliableBuffer } from '../../../src/local/web-pubsub-server/reliable-buffer.ts';

const message = messageFromServer({ dataType: 'json', json: '1' }, 0);

/** What may happen to a buffer; a number is an acknowledgement. */
const step = fc.oneof(fc.constantFrom('append', 'next', 'rewind'), fc.nat(60));

test('whatever happens, everything unacknowledged is sent in order to each socket', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const buffer = new ReliableBuffer();
      const model = { appended: 0, acknowledged: 0, sent: 0 };
      for (const each of steps) {
        let given: number | undefined;
        let expected: number | undefined;
        if (each === 'append') {
          buffer.append(message);
          model.appended += 1;
        } else if (each === 'rewind') {
          buffer.rewind();
          model.sent = model.acknowledged;
        } else if (each === 'next') {
          given = buffer.next(0)?.sequenceId;
          expected = model.sent < model.appended ? model.sent + 1 : undefined;
          model.sent = expected ?? model.sent;
        } else {
          buffer.acknowledge(each);
          model.acknowledged = Math.max(model.acknowledged, Math.min(each, model.sent));
        }
        expect([given, buffer.length]).toEqual([expected, model.appended - model.acknowledged]);
      }
    }),
  );
});

test('an acknowledgement of what was never sent drops nothing', () => {
  const buffer = new ReliableBuffer();
  buffer.append(message);
  buffer.acknowledge(Number.MAX_SAFE_INTEGER);
  expect(buffer.next(0)?.sequenceId).toBe(1);
});

test('a thousand messages are kept, one more is not; what is acknowledged makes room', () => {
  const buffer = new ReliableBuffer();
  for (let n = 0; n < 1000; n++) expect(buffer.append(message)).toBe('kept');
  expect(buffer.append(message)).toBe('full');
  buffer.next(0);
  buffer.acknowledge(1);
  expect(buffer.append(message)).toBe('kept');
});

test('sixteen megabytes are kept, and expired messages make room', () => {
  const buffer = new ReliableBuffer();
  const large = { frame: Buffer.alloc(4 * 1024 * 1024), expiresAtMs: 100 };
  for (let n = 0; n < 4; n++) expect(buffer.append(large)).toBe('kept');
  expect(buffer.append(message)).toBe('full');
  expect(buffer.next(100)).toBeNull();
  expect(buffer.length).toBe(0);
  expect(buffer.append(message)).toBe('kept');
  expect(buffer.next(100)?.sequenceId).toBe(5);
});

test('a message is kept for its time to live, or without end', () => {
  const before = Date.now();
  const { expiresAtMs } = messageFromServer({ dataType: 'json', json: '1' }, 60);
  expect(expiresAtMs).toBeGreaterThanOrEqual(before + 60_000);
  expect(expiresAtMs).toBeLessThanOrEqual(Date.now() + 60_000);
  expect(message.expiresAtMs).toBe(Infinity);
});
