import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { presetFile } from '../../src/config/preset/load.ts';
import { readText } from '../../src/lib/files.ts';
import { command } from '../support/command.ts';
import { freePort } from '../support/ports.ts';
import { prepareBackend } from './backend.ts';
import { productTests } from './checks.ts';
import { fossil } from './products/fossil.ts';

productTests(fossil);

test('preset test finds out to the byte where its server cuts a line, and fails without that limit', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-fossil-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const backend = await prepareBackend(fossil.legacy, folder, port, [origin]);
  try {
    await backend.start();
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const shipped = readText(presetFile('fossil'), { most: 1_048_576 });
    const people = ['--account', fossil.mine.name, '--password-file', file('mine', fossil.mine.password)];
    for (const [limit, good] of [
      ['', false],
      ['longest_line: 1998', false],
      ['longest_line: 1997', true],
    ] as const) {
      const preset = file('fossil-here.yml', shipped.replace(/^longest_line:.*$/m, limit));
      const at = ['--upstream', origin, '--origin', origin, '--json'];
      const { out, err } = await command('preset', 'test', preset, ...at, ...people);
      const { lines } = JSON.parse(out) as { lines: { what: string; found: string; verdict: string }[] };
      const line = lines.find(({ what }) => what === 'a long line of a head');
      assert.equal(line?.verdict, good ? 'ok' : 'fail', line?.found ?? err);
      assert.match(
        line?.found ?? '',
        /^the server reads 1997 bytes of a line, and takes what is behind them for another/,
      );
    }
  } finally {
    await backend.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
