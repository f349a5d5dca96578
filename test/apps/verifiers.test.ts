import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'node:test';
import { judgeTable, NOW } from '../support/assertion-judges.ts';
import { type Issuer, startIssuer } from '../support/assertions.ts';

const HERE = join(import.meta.dirname, 'verifiers');
const FOLDER = join(import.meta.dirname, '../../docs/verify');

/** Verifiers of docs/verify in other languages, before the table that those in JavaScript pass (test/e2e/verify.test.ts). */
const OTHERS: Readonly<Record<string, readonly [program: string, ...args: string[]]>> = {
  'python.py': ['/usr/bin/python3', '-I', join(HERE, 'judge.py')],
  'php.php': ['/usr/bin/php', '-d', 'display_errors=stderr', join(HERE, 'judge.php')],
};

for (const [what, [program, ...args]] of Object.entries(OTHERS)) {
  test(`${what} refuses every bad token of the table, and takes every good one`, async (t) => {
    const issuer = await startIssuer();
    const cache = mkdtempSync(join(tmpdir(), 'sallyport-verify-'));
    t.after(async () => {
      rmSync(cache, { recursive: true });
      await issuer.close();
    });
    await judgeTable(issuer, async (tokens) => {
      const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      const { jwksUrl, issuer: iss, audience } = issuer;
      child.stdin.end(JSON.stringify({ folder: FOLDER, cache, jwksUrl, issuer: iss, audience, now: NOW, tokens }));
      const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
      assert.equal(code, 0, what);
      return JSON.parse(said) as (string | null)[]; // the judges of this folder write nothing else
    });
  });
}

/** Whether a token that has three parts bears a good signature by the issuer's own key: what iis.cs leaves to the framework. */
function isSigned(issuer: Issuer, token: string): boolean {
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  const key = createPublicKey(issuer.publicPem);
  return verify('sha256', Buffer.from(token.slice(0, end)), { key, dsaEncoding: 'ieee-p1363' }, signature);
}

test('iis.cs compiles, and its rules refuse every bad token of the table and take every good one', async (t) => {
  const issuer = await startIssuer();
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-verify-'));
  t.after(async () => {
    rmSync(folder, { recursive: true });
    await issuer.close();
  });
  const program = join(folder, 'judge.exe');
  const references = ['System.Web', 'System.Configuration', 'System.Net.Http'].map((name) => `-r:${name}`);
  const sources = [join(FOLDER, 'iis.cs'), join(HERE, 'judge.cs')];
  execFileSync('/usr/bin/mcs', ['-nologo', '-langversion:7.2', `-out:${program}`, ...references, ...sources]);
  const keys = await (await fetch(issuer.jwksUrl)).text();
  await judgeTable(issuer, async (tokens) => {
    const lines = tokens.map((token) => (isSigned(issuer, token) ? '+' : '-') + Buffer.from(token).toString('base64'));
    const child = spawn('/usr/bin/mono', [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end([issuer.issuer, issuer.audience, NOW, keys, ...lines, ''].join('\n'));
    const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    assert.equal(code, 0);
    const names = said.trimEnd().split('\n');
    return names.map((name) => (name === '-' ? null : Buffer.from(name, 'base64').toString()));
  });
});
