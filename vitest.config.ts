import { defineConfig } from 'vitest/config';
import { skippedSuites } from './tests/support/skipped-suites.ts';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'],
    globalSetup: ['tests/support/global-setup.ts'],
    reporters: ['default', skippedSuites],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
