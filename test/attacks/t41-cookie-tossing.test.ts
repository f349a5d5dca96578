import assert from 'node:assert/strict';
import test from 'node:test';
import { PENDING, SESSION, withSallyport } from '../support/sallyport.ts';

const on = withSallyport();

async function status(lines: readonly string[], encoding: BufferEncoding = 'utf8'): Promise<string> {
  const text = ['GET /admin HTTP/1.1', 'Host: app.test', 'Connection: close', ...lines, '', ''].join('\r\n');
  return (await on.sally.raw(Buffer.from(text, encoding))).text.slice(9, 12);
}

test('two values of one of our cookies are refused, in one line or two, in any order, equal or not', async () => {
  const { sally } = on;
  const mine = await sally.session('alice');
  const value = mine.slice(SESSION.length + 1);
  sally.upstream.clear();
  for (const name of [SESSION, PENDING]) {
    for (const [a, b] of [
      ['attacker', value],
      [value, 'attacker'],
      [value, value],
      ['', value],
      [value, ''],
    ]) {
      assert.equal(await status([`Cookie: ${name}=${a}; ${name}=${b}`]), '400');
      assert.equal(await status([`Cookie: ${name}=${a}`, `Cookie: ${name}=${b}`]), '400');
      assert.equal(await status([`Cookie: x=1; ${name}=${a}; y=2;\t${name}=${b}`]), '400');
    }
  }
  sally.upstream.silent();
});

test('only the exact name counts: no other case, prefix, quoting, attribute syntax or exotic blank', async () => {
  const { sally } = on;
  const mine = await sally.session('bob');
  const value = mine.slice(SESSION.length + 1);
  sally.upstream.clear();
  const planted = [
    `sallyport=${value}`,
    `__host-sallyport=${value}`,
    `__HOST-SALLYPORT=${value}`,
    `__Secure-sallyport=${value}`,
    `$Version=1; ${SESSION}="${value}"`,
    `${SESSION} =${value}`,
    `${SESSION}-x=${value}`,
    `x${SESSION}=${value}`,
    `=${SESSION}=${value}`,
    `${SESSION}`,
    `${SESSION}%3D${value}`,
    `a="; ${SESSION}x=${value}"`,
  ];
  for (const cookie of planted) assert.equal(await status([`Cookie: ${cookie}`]), '401', cookie);
  for (const blank of ['\u00a0', '\u0085', '\u000b']) {
    const answer = await status([`Cookie: ${blank}${SESSION}=${value}`], 'latin1');
    assert.ok(['400', '401'].includes(answer), `${blank.charCodeAt(0)}: ${answer}`);
  }
  assert.ok(['400', '401'].includes(await status([`Cookie: \u2000${SESSION}=${value}`])));
  sally.upstream.silent();
});
