import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport();

async function status(method: string, target: string, cookie = ''): Promise<number> {
  const lines = cookie === '' ? '' : `Cookie: ${cookie}\r\n`;
  const { text } = await on.sally.raw(
    `${method} ${target} HTTP/1.1\r\nHost: app.test\r\n${lines}Connection: close\r\n\r\n`,
  );
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
}

test('only origin-form is accepted', async () => {
  const cookie = await on.sally.session('bob');
  const targets = [
    'http://app.test/admin',
    'HTTP://evil/admin',
    'http:///admin',
    'https://app.test/',
    'ws://app.test/',
    '*',
    'admin',
    './admin',
    '?x',
    'app.test:80',
    '//evil/admin',
    '///admin',
    '/\\evil/admin',
    '/a%',
    '/a%ff',
    '/a^b',
    '/a"b',
    '/a<b',
    '/a`b',
    '/a{b}',
    '/a\u00ffb',
    '/a\u0001b',
    '/a\tb',
    '/a%0d%0aX:y',
  ];
  for (const target of targets) {
    assert.equal(await status('GET', target), 400, target);
    assert.equal(await status('GET', target, cookie), 400, target);
    assert.equal(await status('POST', target, cookie), 400, target);
  }
  on.sally.upstream.silent();
});

test('OPTIONS * is answered here', async () => {
  const { sally } = on;
  assert.equal(await status('OPTIONS', '*'), 204);
  const { text } = await sally.raw('OPTIONS * HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n');
  assert.match(text, /^HTTP\/1\.1 421 /);
  for (const target of ['/*', '**', '*?']) assert.ok([400, 401].includes(await status('OPTIONS', target)));
  sally.upstream.silent();
});
