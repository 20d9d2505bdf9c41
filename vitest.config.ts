import { defineConfig } from 'vitest/config';
import { skippedSuites } from './tests/support/skipped-suites.ts';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'],
    globalSetup: ['tests/support/global-setup.ts'],
    reporters: ['default', skippedSuites],
    // Most of a test is waiting for another process; one worker on two cores would take twice as long.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
