import type { Reporter, TestSuite } from 'vitest/node';

/** Whether somebody asked for tests by name, which skips all others. */
let filtered = false;

/** Names the suites that were skipped as a whole, as where a server program is missing: a skip is never silent. */
export const skippedSuites: Reporter = {
  onInit: ({ config }) => {
    filtered = config.testNamePattern !== undefined;
  },
  onTestRunEnd: (modules) => {
    if (filtered) return;
    const skipped = modules.flatMap((module) =>
      [...module.children.allSuites()]
        .filter(isSkipped)
        .map((suite) => `${module.relativeModuleId} > ${suite.fullName}`),
    );
    if (skipped.length > 0)
      process.stdout.write(`\nSkipped suites:\n${skipped.map((name) => `  ${name}\n`).join('')}`);
  },
};

function isSkipped(suite: TestSuite): boolean {
  return suite.state() === 'skipped' && suite.options.mode === 'skip';
}
