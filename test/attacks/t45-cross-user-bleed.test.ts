import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeJwt } from 'jose';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport();

test('of two hundred at once each gets the answer to his own request, whatever the app’s delays', async () => {
  const { sally } = on;
  sally.upstream.on('*', (socket, request) => {
    const name = String(decodeJwt(request.all('sallyport-assertion')[0] ?? '').name);
    const body = `${name} ${request.target}`;
    // A delay that differs from request to request, and is the same in every run.
    setTimeout(
      () => {
        if (!socket.destroyed)
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nSet-Cookie: app=${name}\r\n\r\n${body}`);
      },
      (request.target.length * 7 + Number(request.target.split('/')[2])) % 23,
    );
  });
  const cookies = new Map<string, string>();
  for (const name of ['alice', 'bob', 'carol']) cookies.set(name, await sally.session(name));
  const names = [...cookies.keys()];
  await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const name = names[i % names.length] ?? '';
      const target = `/${name}/${i}`;
      const answer = await sally.send('GET', target, { cookie: cookies.get(name) ?? '' });
      assert.equal(answer.body, `${name} ${target}`);
      assert.equal(answer.header('set-cookie'), `app=${name}`);
    }),
  );
});

test('pipelined on one connection, two people’s requests are answered each as its own', async () => {
  const { sally } = on;
  sally.upstream.on('*', (socket, request) => {
    const body = String(decodeJwt(request.all('sallyport-assertion')[0] ?? '').name);
    setTimeout(
      () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
      request.target === '/slow' ? 30 : 0,
    );
  });
  const [alice, bob] = [await sally.session('alice'), await sally.session('bob')];
  const one = (target: string, cookie: string, last = false) =>
    `GET ${target} HTTP/1.1\r\nHost: app.test\r\n${cookie === '' ? '' : `Cookie: ${cookie}\r\n`}${last ? 'Connection: close\r\n' : ''}\r\n`;
  const { text } = await sally.raw(
    one('/slow', alice) + one('/fast', bob) + one('/none', '') + one('/slow', bob) + one('/fast', alice, true),
    { deadlineMs: 4000 },
  );
  const bodies = [...text.matchAll(/HTTP\/1\.1 (\d{3})[\s\S]*?\r\n\r\n(alice|bob|)/g)].map(
    (match) => `${match[1]} ${match[2]}`,
  );
  assert.deepEqual(
    bodies.map((body) => body.trim()),
    ['200 alice', '200 bob', '401', '200 bob', '200 alice'],
  );
});
