import assert from 'node:assert/strict';
import test from 'node:test';
import { SallyportError } from '../../../src/errors.ts';
import { parseHost } from '../../../src/request/hosts.ts';

test('a host is its name in lower case without its trailing dot; the port stands apart', () => {
  for (const [raw, name, port] of [
    ['app.test', 'app.test', ''],
    ['APP.test', 'app.test', ''],
    ['app.test.', 'app.test', ''],
    ['app.test:8080', 'app.test', '8080'],
    ['127.0.0.1:1', '127.0.0.1', '1'],
    ['[::1]:80', '[::1]', '80'],
  ] as const) {
    assert.deepEqual(parseHost(raw), { name, port });
  }
});

test('what is no host is refused', () => {
  const odd = [
    '',
    'app.test@evil',
    'evil@app.test',
    'app.test/x?y=',
    'app.test#',
    'a, b',
    'a b',
    '[::1',
    '::1',
    'app.test:',
    'app.test:80@evil',
    'app.test:x',
  ];
  for (const raw of [
    ...odd,
    'app.test\\evil',
    'app_test',
    'app.test:123456',
    'h/../x',
    'é.test',
    'a\u0000b',
    '[::1]x',
    '%61pp.test',
    'a'.repeat(254),
  ]) {
    assert.throws(
      () => parseHost(raw),
      (error) => error instanceof SallyportError && error.status === 400,
      JSON.stringify(raw),
    );
  }
});
