import assert from 'node:assert/strict';
import { connect } from 'node:net';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';
import type { Behaviour } from '../support/upstream.ts';

const on = withSallyport();

/** Says whose assertion it received, after a while that differs from request to request, and sets a cookie for that person. */
const echoWho: Behaviour = (socket, request) => {
  const token = request.all('sallyport-assertion')[0] ?? '';
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    name: string;
    sid: string;
  };
  const body = JSON.stringify({ name: claims.name, sid: claims.sid, target: request.target });
  const late = (request.target.length * 7919) % 23;
  setTimeout(() => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nSet-Cookie: who=${claims.name}\r\n\r\n${body}`);
  }, late);
};

/** Pairs of requests of two people, pipelined on kept-alive connections of their own; resolves with the bodies in order. */
function client(port: number, cookie: string, targets: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(text)).on('error', reject);
    const last = targets.length - 1;
    const one = (target: string, i: number) =>
      `GET ${target} HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\n${i === last ? 'Connection: close\r\n' : ''}\r\n`;
    socket.write(targets.map(one).join(''));
  });
}

test('200 clients of two people, pipelining on kept-alive connections: every answer, assertion and cookie is its own', async () => {
  const { sally } = on;
  const people = ['alice', 'bob'] as const;
  const cookies = { alice: await sally.session('alice'), bob: await sally.session('bob') };
  const clients = Array.from({ length: 200 }, (_, i) => ({
    who: people[i % 2] ?? 'alice',
    targets: [0, 1, 2].map((n) => `/c${i}/${'x'.repeat((i * 3 + n) % 17)}`),
  }));
  for (const { targets } of clients) for (const target of targets) sally.upstream.on(target, echoWho);
  const answers = await Promise.all(clients.map(({ who, targets }) => client(sally.port, cookies[who], targets)));
  const sids = { alice: new Set<string>(), bob: new Set<string>() };
  for (const [i, { who, targets }] of clients.entries()) {
    const text = answers[i] ?? '';
    const bodies = [...text.matchAll(/\{"name".*?\}/g)].map(
      ([body]) => JSON.parse(body) as { name: string; sid: string; target: string },
    );
    assert.deepEqual(
      bodies.map((body) => body.target),
      targets,
      text.slice(0, 300),
    );
    for (const body of bodies) {
      assert.equal(body.name, who);
      sids[who].add(body.sid);
    }
    for (const [, name] of text.matchAll(/set-cookie: who=(\w+)/gi)) assert.equal(name, who);
  }
  assert.deepEqual([sids.alice.size, sids.bob.size], [1, 1]);
  assert.equal(sids.alice.isDisjointFrom(sids.bob), true);
});
