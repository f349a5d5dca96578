// Runs the tests with the pinned Node. Plain JavaScript, so that an older Node can say what it needs.
import { spawn } from 'node:child_process';
import { requireRuntime } from '../src/runtime.mjs';

requireRuntime();
// Only the pinned Node is known to have it, so it is asked for after the check.
const { globSync } = await import('node:fs');
const apps = process.argv.includes('--apps');
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const all = globSync('test/**/*.test.ts')
  .filter((file) => file.startsWith('test/apps/') === apps)
  .sort();
const files = chosen.length === 0 ? all : all.filter((file) => chosen.some((part) => file.includes(part)));
if (files.length === 0) {
  process.stderr.write(`No test file matches ${chosen.join(' ')}.\n`);
  process.exit(2);
}
const run = spawn(
  process.execPath,
  ['--test', `--test-concurrency=${apps ? 1 : 2}`, '--test-timeout=300000', '--test-reporter=spec', ...files],
  { stdio: 'inherit' },
);
run.on('exit', (code) => process.exit(code ?? 1));
