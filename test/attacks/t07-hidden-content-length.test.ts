import assert from 'node:assert/strict';
import test from 'node:test';
import { runtimeFault as untyped } from '../../src/runtime.mjs';
import { withSallyport } from '../support/sallyport.ts';
import { answerAtEnd } from '../support/upstream.ts';

const runtimeFault: (version: string) => string | undefined = untyped;
const on = withSallyport();
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: h\r\nRemote-User: a\r\n\r\n';

for (const count of [1100, 2500, 4000]) {
  test(`behind ${count} small headers Content-Length is still seen, or the request is refused`, async () => {
    const { sally } = on;
    sally.upstream.on(
      '*',
      answerAtEnd(() => 'ok'),
    );
    const cookie = await sally.session('bob');
    for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'POST']) {
      sally.upstream.clear();
      const lines = Array.from({ length: count }, () => 'a:b').join('\r\n');
      const { text } = await sally.raw(
        `${method} /a HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\n${lines}\r\nContent-Length: ${SMUGGLED.length}\r\nConnection: close\r\n\r\n${SMUGGLED}`,
      );
      assert.match(text, /^HTTP\/1\.1 (?:200|400|405|431) /, method);
      const { requests } = sally.upstream;
      assert.ok(requests.length <= 1);
      for (const request of requests) {
        assert.equal(request.target, '/a');
        assert.equal(request.body, SMUGGLED, 'the body is framed as a body');
      }
    }
  });
}

test('the same without a session reaches nobody', async () => {
  const lines = Array.from({ length: 1100 }, () => 'a:b').join('\r\n');
  const { text } = await on.sally.raw(
    `GET /a HTTP/1.1\r\nHost: app.test\r\n${lines}\r\nContent-Length: ${SMUGGLED.length}\r\nConnection: close\r\n\r\n${SMUGGLED}`,
  );
  assert.match(text, /^HTTP\/1\.1 401 /);
  on.sally.upstream.silent();
});

test('a Node without the fix is refused at the start', () => {
  for (const version of ['18.20.8', '20.19.5', '20.99.0', '22.30.0', '24.20.9', '24.0.0', '25.9.0', '26.9.0']) {
    assert.match(runtimeFault(version) ?? '', /Sallyport needs Node 24\.21/, version);
  }
  for (const version of ['24.21.0', '24.30.1', '26.10.0', '27.0.0'])
    assert.equal(runtimeFault(version), undefined, version);
});
