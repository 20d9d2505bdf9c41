import { expect, it } from 'vitest';
import { calledAs } from '../../src/cli/called-as.ts';

it.each([
  ['an installed program', { PATH: '/usr/bin' }, 'heliograph'],
  ['npx', { npm_command: 'exec', npm_execpath: '/lib/npm-cli.js' }, 'npx --no-install heliograph'],
  ['`npm start`', { npm_command: 'start', npm_lifecycle_event: 'start' }, 'npx --no-install heliograph'],
  ['another runner', { npm_execpath: '/lib/yarn.js' }, 'npx --no-install heliograph'],
])('by %s', (_, env, words) => {
  expect(calledAs(env)).toBe(words);
});
