import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

export { freePort } from './ports.ts';

export const LAUNCHER = fileURLToPath(new URL('../../src/sallyport.mjs', import.meta.url));

/** A folder that is gone after the test. */
export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'sallyport-cli-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end. */
export function execute(program: string, ...argv: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(program, argv, { timeout: 60_000 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err });
    });
  });
}

/** Runs a command of Sallyport as a process of its own. */
export function run(...argv: readonly string[]): Promise<Ran> {
  return execute(process.execPath, LAUNCHER, ...argv);
}

export interface Running {
  readonly child: ChildProcess;
  /** Standard output and error, in the order of their arrival. */
  text(): string;
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ctrl-C. */
  stop(): Promise<{ code: number | null; ms: number }>;
}

/** The sample people of the demonstration take time. */
const spared = (argv: readonly string[]) =>
  argv.includes('--config') || argv.includes('--upstream') ? argv : ['--no-sample', ...argv];

/** Starts `sallyport serve` as a process of its own, without sample people; it is gone after the test. */
export function start(t: TestContext, ...argv: readonly string[]): Running {
  return startWhole(t, ...spared(argv));
}

/** The same, as it is started by everybody. */
export function startWhole(t: TestContext, ...argv: readonly string[]): Running {
  const child = spawn(process.execPath, [LAUNCHER, 'serve', ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  t.after(() => child.kill('SIGKILL'));
  return {
    child,
    text: () => text,
    until: async (pattern) => {
      for (const began = performance.now(); performance.now() - began < 60_000; ) {
        const match = pattern.exec(text);
        if (match !== null) return match;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`${pattern} was not printed: ${text}`);
    },
    stop: async () => {
      const began = performance.now();
      child.kill('SIGINT');
      return { code: await exited, ms: performance.now() - began };
    },
  };
}
