/**
 * The seed of a test that leaves something to chance, printed so that it can be given again by `TEST_SEED`. The machine's own timing
 * stays what it is.
 */
export function testSeed(test: string): number {
  const given = Number(process.env['TEST_SEED']);
  const seed = Number.isInteger(given) && given > 0 ? given : Date.now() % 1_000_000_000;
  process.stdout.write(`${test}: TEST_SEED=${seed}\n`);
  return seed;
}
