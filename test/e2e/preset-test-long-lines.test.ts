import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { parse } from 'yaml';
import { command } from '../support/command.ts';
import { CUTTING_PASSWORDS, type Cutting, CuttingServer, cuttingPreset } from '../support/cutting-server.ts';
import { folder } from '../support/process.ts';

interface Line {
  readonly what: string;
  readonly found: string;
  readonly verdict: string;
}

async function bench(t: TestContext, cutting: Cutting) {
  const app = await CuttingServer.start(cutting);
  t.after(() => app.close());
  const dir = folder(t);
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  const people = [
    ...['--account', 'alice', '--password-file', file('a', CUTTING_PASSWORDS['alice'] ?? '')],
    ...['--second', 'bob', '--second-password-file', file('b', CUTTING_PASSWORDS['bob'] ?? '')],
  ];
  return {
    app,
    /** What `preset test` says of long lines, and all that failed. */
    async try(more: readonly string[] = [], asked = true) {
      const preset = file('p.yml', cuttingPreset(more, asked));
      const argv = ['--upstream', app.origin, '--origin', 'http://portal.example', '--json', ...people];
      const ran = await command('preset', 'test', preset, ...argv);
      assert.notEqual(ran.out, '', ran.err);
      const { lines } = JSON.parse(ran.out) as { lines: Line[] };
      const failed = lines.filter(({ verdict }) => verdict === 'fail').map(({ what }) => what);
      return { line: lines.find(({ what }) => what === 'a long line of a head'), failed, code: ran.code };
    },
    async record() {
      const out = join(dir, 'recorded.yml');
      const ran = await command(
        ...['preset', 'record', '--unattended', '--upstream', app.origin, '--origin', 'http://portal.example'],
        ...['--out', out, ...people],
      );
      return { ran, preset: parse(readFileSync(out, 'utf8')) as { readonly longest_line?: number } };
    },
  };
}

/** `reads`: what may be sent, CRLF not counted. */
const CUT: readonly { readonly cutting: Cutting & { readonly length: number }; readonly reads: number }[] = [
  ...[300, 1000, 4096, 8190].map((length) => ({ cutting: { kind: 'split' as const, length }, reads: length - 2 })),
  ...[1000, 4096, 8190].map((length) => ({ cutting: { kind: 'cut' as const, length }, reads: length })),
];

for (const { cutting, reads } of CUT)
  test(`a server that makes of ${cutting.length} bytes: ${cutting.kind}, is found out to the byte, and a laxer limit fails`, async (t) => {
    const { app, ...on } = await bench(t, cutting);
    const rest = cutting.kind === 'split' ? /takes what is behind them for another header/ : /leaves out what is/;
    for (const asked of [true, false]) {
      app.asked.length = 0;
      const { line, failed, code } = await on.try([], asked);
      assert.deepEqual([failed, code], [['a long line of a head'], 1]);
      assert.match(line?.found ?? '', rest);
      assert.match(line?.found ?? '', new RegExp(`set longest_line: ${reads}$`));
      assert.ok(app.asked.length < 100, `${app.asked.length} requests`);
    }
    if (reads < 512) return;
    assert.deepEqual((await on.try([`longest_line: ${reads}`])).failed, []);
    assert.deepEqual((await on.try([`longest_line: ${reads + 1}`])).failed, ['a long line of a head']);
  });

const HARMLESS: readonly (readonly [Cutting, RegExp])[] = [
  ...[400, 431].map(
    (status) => [{ kind: 'refuse' as const, length: 8190, status }, /^lines of 8\d\d\d bytes/] as const,
  ),
  [{ kind: 'refuse', length: 1000, status: 400 }, /^lines of 9\d\d bytes are read whole, and those of/],
  [{ kind: 'close', length: 4096 }, /^lines of 40\d\d bytes are read whole, and those of 4\d\d\d are not taken$/],
  [{ kind: 'all' }, /^lines of 65000 bytes are read whole$/],
];

for (const [cutting, found] of HARMLESS)
  test(`a server that takes or refuses a line whole needs no limit: ${JSON.stringify(cutting)}`, async (t) => {
    const on = await bench(t, cutting);
    const { line, failed } = await on.try();
    assert.deepEqual(failed, []);
    assert.match(line?.found ?? '', found);
    assert.equal(line?.verdict, 'ok');
  });

test('the recorder writes down how long a line may be, and nothing where the server cuts none', async (t) => {
  const { ran, preset } = await (await bench(t, { kind: 'split', length: 2000 })).record();
  assert.equal(ran.code, 0, ran.out + ran.err);
  assert.equal(preset.longest_line, 1998);
  assert.match(ran.err + ran.out, /cuts lines of a head that are longer than 1998 bytes/);
  const other = await (await bench(t, { kind: 'all' })).record();
  assert.equal('longest_line' in other.preset, false);
});
