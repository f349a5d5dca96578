import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeJwt } from 'jose';
import { parseAnswer } from '../support/raw.ts';
import { SESSION, withSallyport } from '../support/sallyport.ts';

const on = withSallyport();

async function status(lines: readonly string[]): Promise<number> {
  const { text } = await on.sally.raw(['GET / HTTP/1.1', ...lines, 'Connection: close', '', ''].join('\r\n'));
  return parseAnswer(text).status;
}

test('two of what there is one of are refused, alike or not, in any case', async () => {
  const cookie = `Cookie: ${await on.sally.session('bob')}`;
  const twice: readonly (readonly string[])[] = [
    ['Host: app.test', 'Host: app.test'],
    ['Host: app.test', 'HOST: evil.test'],
    ['Host: app.test', 'Authorization: Basic YTpi', 'authorization: Basic Yzpk'],
    ['Host: app.test', 'Content-Type: text/plain', 'Content-Type: application/json'],
    ['Host: app.test', 'Origin: http://app.test', 'Origin: http://evil.test'],
    ['Host: app.test', 'Content-Encoding: gzip', 'Content-Encoding: br'],
  ];
  for (const lines of twice) assert.equal(await status([...lines, cookie]), 400, lines.join());
  for (const lines of twice) assert.equal(await status(lines), 400, lines.join());
  on.sally.upstream.silent();
});

test('two values of the session cookie are refused, on one line or two', async () => {
  const [mine, theirs] = [await on.sally.session('bob'), await on.sally.session('mallory')];
  for (const lines of [
    [`Cookie: ${mine}`, `Cookie: ${theirs}`],
    [`Cookie: ${mine}; ${theirs}`],
    [`Cookie: ${mine}; a=b; ${mine}`],
    [`Cookie: ${mine}`, 'Cookie: a=b', `Cookie: ${SESSION}=`],
  ]) {
    assert.equal(await status(['Host: app.test', ...lines]), 400, lines.join());
  }
  on.sally.upstream.silent();
});

test('several Cookie lines are one; forged assertions in any number are none', async () => {
  const mine = await on.sally.session('bob');
  const forged = ['Sallyport-Assertion: a.b.c', 'Sallyport-Assertion: d.e.f'];
  assert.equal(await status(['Host: app.test', 'Cookie: a=b', `Cookie: ${mine}`, 'Cookie: c=d', ...forged]), 200);
  const [arrived] = on.sally.upstream.requests;
  assert.deepEqual(arrived?.all('cookie'), ['a=b; c=d']);
  assert.equal(arrived?.all('sallyport-assertion').length, 1);
  assert.equal(decodeJwt(arrived?.all('sallyport-assertion')[0] ?? '').name, 'bob');
});

test('names from the prototype of an object are harmless', async () => {
  const mine = `Cookie: ${await on.sally.session('bob')}`;
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'then'].map(
    (name) => `${name}: x`,
  );
  assert.equal(await status(['Host: app.test', mine, ...names, ...names]), 200);
  assert.equal(await status(['Host: app.test', ...names]), 401);
  assert.equal(await status(['Host: app.test', mine, '__proto__: x', 'Host: app.test']), 400);
});
