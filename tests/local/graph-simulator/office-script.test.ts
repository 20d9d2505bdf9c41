import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, integer, nat, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { CHANGE_KINDS } from '../../../src/local/graph-simulator/office-acts.ts';
import {
  MAIL_PHRASES,
  MEETINGS,
  REPLY_PHRASES,
  SLOTS,
} from '../../../src/local/graph-simulator/mail-phrases.ts';
import { PEOPLE } from '../../../src/local/graph-simulator/people.ts';
import { seededRandom } from '../../../src/local/graph-simulator/seeded-random.ts';
import type { MadeChange } from '../../../src/local/graph-simulator/simulator-control.ts';
import { openOffice, type OfficeUnderTest } from './office-under-test.ts';
import { openReceiver } from './receiver.ts';
import { INGRID, watch } from './watching.ts';

function course(office: OfficeUnderTest, count: number): MadeChange[] {
  return office.simulator.makeChanges(count) ?? [];
}

test('the same seed makes the same changes, another seed makes others', async () => {
  const [first, second, other] = [await openOffice(), await openOffice(), await openOffice({ seed: 2 })];
  const made = course(first, 200);
  expect(course(second, 200)).toEqual(made);
  expect(course(other, 200)).not.toEqual(made);
  expect(new Set(made.map(({ kind }) => kind))).toEqual(new Set(['message', 'event', 'contact', 'user']));
  expect(new Set(made.map(({ changeType }) => changeType))).toEqual(
    new Set(['created', 'updated', 'deleted']),
  );
});

test('whether anybody watches, and how they are told, does not move what happens', async () => {
  const [alone, watched, receiver] = [
    await openOffice(),
    await openOffice({ manners: { withoutId: 0.5, duplicate: 0.5, holdBack: 0.5 } }),
    await openReceiver(),
  ];
  await watch(watched, receiver, `users/${INGRID.id}/messages`);
  const told = course(watched, 100).map((change) => ({ ...change, notified: [] }));
  expect(told).toEqual(course(alone, 100));
});

test('a restart goes on where the course stopped and finds what was told', async () => {
  const [office, straight] = [await openOffice(), await openOffice()];
  const before = course(office, 60);
  const again = await office.reopen();
  const after = course(again, 60);
  expect([...before, ...after]).toEqual(course(straight, 120));
  const deleted = new Set(
    [...before, ...after]
      .filter((change) => change.changeType === 'deleted')
      .map(({ immutableId }) => immutableId),
  );
  const mail = before.filter(({ kind, immutableId }) => kind === 'message' && !deleted.has(immutableId));
  expect(mail.length).toBeGreaterThan(20);
  for (const { userId, immutableId } of mail)
    expect((await again.request('GET', `/v1.0/users/${userId}/messages/${immutableId}`)).status).toBe(200);
});

test('a journal that was cut off in the middle of a line is read up to there', async () => {
  const office = await openOffice();
  const [made] = office.simulator.makeChanges(1, { kind: 'mail', user: INGRID.id }) ?? [];
  const { position } = office.simulator.state();
  await office.simulator.close();
  const path = join(office.dataDir, 'graph-simulator', 'office.jsonl');
  await appendFile(path, '{"seed":1,"position":999,"put":{"ki');
  const again = await openOffice({ dataDir: office.dataDir });
  expect(again.simulator.state().position).toBe(position);
  expect((await again.request('GET', `/v1.0/users/${INGRID.id}/messages/${made?.id}`)).status).toBe(200);
  expect(await readFile(path, 'utf8')).not.toContain('"ki\n');
});

test.each(CHANGE_KINDS)('%s can be asked for of one user', async (kind) => {
  const office = await openOffice();
  office.simulator.makeChanges(1, { kind: 'meeting', user: INGRID.id });
  const [made] =
    office.simulator.makeChanges(1, { kind, user: INGRID.userPrincipalName.toUpperCase() }) ?? [];
  expect(made?.userId).toBe(INGRID.id);
});

test('a mailbox keeps its newest items', async () => {
  const office = await openOffice({ keepPerMailbox: 10 });
  const made = office.simulator.makeChanges(12, { kind: 'mail', user: INGRID.id }) ?? [];
  const statuses = await Promise.all(
    made.map(
      async ({ id }) => (await office.request('GET', `/v1.0/users/${INGRID.id}/messages/${id}`)).status,
    ),
  );
  expect(statuses).toEqual([404, 404, ...Array.from({ length: 10 }, () => 200)]);
});

test('everybody in the office has an id and a name of their own, and every slot in a phrase can be filled', () => {
  expect(new Set(PEOPLE.map(({ id }) => id)).size).toBe(PEOPLE.length);
  for (const { userPrincipalName } of PEOPLE)
    expect(userPrincipalName).toMatch(/^[a-z]+\.[a-z]+@[a-z.-]+\.example$/);
  const texts = [
    ...MAIL_PHRASES.flatMap(({ subject, body }) => [subject, ...body]),
    ...MEETINGS,
    ...REPLY_PHRASES,
  ];
  for (const [, name] of texts.join(' ').matchAll(/\{(\w+)\}/g)) expect(SLOTS).toHaveProperty(name ?? '');
});

test('seeded chance repeats itself, keeps its bounds and makes GUIDs', () => {
  assert(
    property(string(), integer({ min: -50, max: 50 }), nat(100), (seed, least, span) => {
      const [a, b] = [seededRandom(seed), seededRandom(seed)];
      const drawn = a.between(least, least + span);
      expect(drawn).toBe(b.between(least, least + span));
      expect(drawn).toBeGreaterThanOrEqual(least);
      expect(drawn).toBeLessThanOrEqual(least + span);
      expect(a.guid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }),
  );
  expect(() => seededRandom('x').pick([])).toThrow(RangeError);
});
