import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { verify } from '../src/pack/verify/verify.ts';
import { launchBrowser } from '../test/support/browser.ts';
import { type Case, packCases, said } from '../test/support/pack-cases.ts';

/**
 * `npm run tamper` (`-- --count N`, default 10,000, `--seed N`, so that several may share the work): packs with bytes altered, and packs altered by whoever has the key, judged by all three
 * verifiers: the command's, the page in Chromium, and the script in Python 3. Each must be found by each, at the same place. Exits with
 * 1 at the first that is not.
 */
function option(name: string, usual: number): number {
  const at = process.argv.indexOf(name);
  const value = at === -1 ? usual : Number(process.argv[at + 1]);
  if (Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value;
  process.stderr.write(`${name} wants a whole number from 1 to 1,000,000.\n`);
  process.exit(2);
}
const count = option('--count', 10_000);
/** Of each kind in a batch: what is in memory, and on disk for the script, at once. */
const BATCH = 250;

const MANY = `
import json, sys, verify
for case in json.load(open(sys.argv[1])):
    print(json.dumps(verify.verify(open(case['file'], 'rb').read(), case['key'], case['checkpoint'])))
`;
const folder = mkdtempSync(join(tmpdir(), 'sallyport-tamper-'));
const browser = await launchBrowser();
const page = await (await browser.newContext({ offline: true })).newPage();
await page.goto(new URL('../src/pack/verifier.html', import.meta.url).href);

const ALTERED = /^(?:bytes|signed anew)/;

type Said = ReturnType<typeof said>;

function byScript(cases: readonly Case[]): Said[] {
  const listed = cases.map(({ pack, key, checkpoint }, i) => {
    const file = join(folder, `${i}.zip`);
    writeFileSync(file, pack);
    return { file, key, checkpoint };
  });
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(listed));
  const lines = execFileSync('python3', ['-B', '-c', MANY, join(folder, 'cases.json')], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', PYTHONPATH: new URL('../src/pack/', import.meta.url).pathname },
    maxBuffer: 2 ** 29,
  });
  return lines
    .trim()
    .split('\n')
    .map((line) => said(JSON.parse(line)));
}

async function byPage({ pack, key, checkpoint }: Case): Promise<Said> {
  const answer = await page.evaluate(
    async (asked) => {
      const bytes = Uint8Array.from(atob(asked.base64), (c) => c.charCodeAt(0));
      return await Reflect.get(globalThis, 'sallyportVerify')({ ...asked, pack: bytes });
    },
    { base64: Buffer.from(pack).toString('base64'), key, checkpoint },
  );
  return said(answer);
}

/** What is wrong with what the three say; undefined where nothing is. */
function wrong(one: Case, byCommand: Said, others: readonly Said[]): string | undefined {
  if (others.some((other) => !isDeepStrictEqual(other, byCommand))) return 'the verifiers do not agree';
  if (!ALTERED.test(one.name)) return undefined;
  // Size and root by chance those that they were: nothing was altered.
  if (one.name.includes('manifest.json') && byCommand.verdict === 'verified') return undefined;
  if (byCommand.verdict !== 'failed') return 'it was not found';
  return byCommand.checks.some(({ ok, where }) => ok === false && where !== null) ? undefined : 'no place is named';
}

let [altered, seed] = [0, option('--seed', 7)];
try {
  while (altered < count) {
    const cases = await packCases(Math.min(BATCH, Math.ceil((count - altered) / 2)), seed);
    const scripted = byScript(cases);
    for (const [i, one] of cases.entries()) {
      const byCommand = said(await verify(one));
      const [script, inPage] = [scripted[i], await byPage(one)];
      const fault = script === undefined ? 'the script said nothing' : wrong(one, byCommand, [script, inPage]);
      if (fault !== undefined) {
        process.stdout.write(
          `seed ${seed}, ${one.name}: ${fault}\n${JSON.stringify({ byCommand, script, inPage }, null, 2)}\n`,
        );
        process.exitCode = 1;
        throw new Error(fault);
      }
      if (byCommand.verdict === 'failed' && ALTERED.test(one.name)) altered += 1;
    }
    seed += 1;
    process.stderr.write(`${altered.toLocaleString('en')} of ${count.toLocaleString('en')}\n`);
  }
  process.stdout.write(
    `${altered.toLocaleString('en')} altered packs: each found by all three verifiers, at the same place.\n`,
  );
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
