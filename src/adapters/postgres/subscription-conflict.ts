/** SQLSTATE unique_violation: another subscription watches the same. */
export const UNIQUE_VIOLATION = '23505';

/** What is in the way may be gone when it is looked for: a create that Graph refused is forgotten. Then it is tried again, so often. */
const GONE = 20;

/**
 * Makes a subscription watch something, or tells which other one watches the same.
 * @param act null where another was in the way
 * @param findOther that one, where it is there still
 */
export async function orConflict<Done>(
  act: () => Promise<Done | null>,
  findOther: () => Promise<{ key: string }[]>,
): Promise<Done | { status: 'conflict'; key: string }> {
  for (let times = 0; times < GONE; times++) {
    const done = await act();
    if (done !== null) return done;
    const [other] = await findOther();
    if (other !== undefined) return { status: 'conflict', key: other.key };
  }
  throw new Error('a subscription that watches the same came and went each time it was looked for');
}
