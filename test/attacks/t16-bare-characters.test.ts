import assert from 'node:assert/strict';
import test from 'node:test';
import { raw } from '../support/raw.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ top: ['limits: { target: 2048, head: 8192 }'] }));

const PRINTS = Array.from({ length: 0x7e - 0x20 }, (_, i) => String.fromCharCode(0x21 + i));
const IN_A_PATH = PRINTS.filter((each) => !'"#<>?^`{}\\%'.includes(each) && !'/.;'.includes(each));
const IN_A_QUERY = PRINTS.filter((each) => each !== '#');
const OURS = /^HTTP\/1\.1 (\d{3}) [\s\S]*Content-Type: application\/problem\+json[\s\S]*\r\n\r\n(\{.*\})$/;

test('what stands bare in a path or query reaches the app byte for byte, and over an upgrade too', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const targets = [...IN_A_PATH.map((each) => `/a${each}b/c`), ...IN_A_QUERY.map((each) => `/a?x=${each}&y=1`)];
  targets.push(`/a${IN_A_PATH.join('')}?${IN_A_QUERY.join('')}`);
  for (const target of targets) {
    sally.upstream.clear();
    assert.equal((await sally.send('GET', target, { cookie })).status, 200, target);
    assert.equal(sally.upstream.requests[0]?.head.split('\r\n')[0], `GET ${target} HTTP/1.1`);
    sally.upstream.clear();
    const head = `Host: app.test\r\nOrigin: ${sally.origin}\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13`;
    await sally.raw(`GET ${target} HTTP/1.1\r\n${head}\r\n\r\n`, { until: (text) => text.includes('\r\n\r\n') });
    assert.equal(sally.upstream.requests[0]?.head.split('\r\n')[0], `GET ${target} HTTP/1.1`, 'upgrade');
  }
});

test('what is refused says which character and where, and never shows it', async () => {
  const { sally } = on;
  const cookie = await sally.session('bob');
  const answer = await sally.send('GET', '/<script>"x', { cookie });
  assert.equal(answer.status, 400);
  assert.match(answer.body, /U\+003C at position 2: .*%3C/);
  assert.doesNotMatch(answer.body, /<script/);
  const page = await sally.send('GET', '/ab{', { cookie, headers: [['Accept', 'text/html']] });
  assert.match(page.body, /U\+007B at position 4/);
  sally.upstream.silent();
});

test('too long an address is 414, too large a head 431, what is no request 400, each with a small body of ours', async () => {
  const { sally } = on;
  const request = (target: string, more = '') => `GET ${target} HTTP/1.1\r\nHost: app.test\r\n${more}\r\n`;
  const cases: [string, number, string][] = [
    [request(`/${'a'.repeat(2048)}`), 414, 'target-too-long'],
    [request('/', `X: ${'a'.repeat(9000)}\r\n`), 431, 'head-too-large'],
    [request(`/${'a'.repeat(9000)}`), 431, 'head-too-large'],
    ['GET / HTTP/1.1\r\nbad header\r\n\r\n', 400, 'bad-request'],
    ['\u0016\u0003\u0001 hello\r\n\r\n', 400, 'bad-request'],
  ];
  for (const [bytes, status, code] of cases) {
    const { text } = await raw(sally.port, bytes.replace('HTTP/1.1\r\nHost', 'HTTP/1.1\r\nConnection: close\r\nHost'));
    const [, said, body = ''] = OURS.exec(text) ?? [];
    assert.equal(Number(said), status, text.slice(0, 200));
    assert.equal(JSON.parse(body).code, code);
    assert.ok(text.length < 1500, `${text.length} characters`);
    assert.doesNotMatch(text, /aaaa|bad header|hello/);
  }
  assert.equal((await sally.send('GET', `/${'a'.repeat(2047)}`)).status, 401);
  sally.upstream.silent();
});
