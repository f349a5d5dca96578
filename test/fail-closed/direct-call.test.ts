import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { createVerifier } from '../../docs/verify/node.mjs';
import { TestClock } from '../support/clock.ts';
import { parseAnswer, raw } from '../support/raw.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';
import { answer, type Recorded, type RecordingUpstream, startUpstream } from '../support/upstream.ts';

/** An app on a port that anybody can reach, guarding itself with the verifier of docs/verify. */
async function startApp(t: TestContext, jwksUrl: string): Promise<{ port: number; handled: string[] }> {
  const verify = createVerifier({ jwksUrl, issuer: 'http://app.test', audience: 'portal' });
  const handled: string[] = [];
  const server: Server = createServer((request, response) => {
    verify(request).then(
      (claims) => {
        handled.push(String(claims['name']));
        response.end(`account:${claims['name']}`);
      },
      () => response.writeHead(403).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, handled }; // a TCP server's address is never a string
}

/** The way of a request around Sallyport: a connection to the app's own port. */
async function direct(port: number, lines: readonly string[]): Promise<number> {
  const head = ['GET / HTTP/1.1', 'Host: app.test', ...lines, 'Connection: close', '', ''].join('\r\n');
  return parseAnswer((await raw(port, head)).text).status;
}

/** What Sallyport sends an app, as an eavesdropper at another app would have it. */
async function overheard(sally: Sallyport, upstream: RecordingUpstream): Promise<Recorded> {
  upstream.clear();
  assert.equal((await sally.send('GET', '/', { cookie: await sally.session('alice') })).status, 200);
  const [request] = upstream.requests;
  assert.ok(request !== undefined);
  return request;
}

async function stand(t: TestContext, clock = new TestClock()) {
  const upstream = await startUpstream();
  upstream.on('*', answer());
  // The app fetches the keys by an address of its own.
  const side = [
    '  side:',
    '    hosts: [localhost]',
    '    origin: http://localhost',
    `    upstream: ${upstream.origin}`,
  ];
  const sally = await startSallyport({ upstream, clock, apps: [...side, '    realm: staff'] });
  t.after(async () => {
    await sally.close();
    await upstream.close();
  });
  return { sally, upstream, jwksUrl: `http://localhost:${sally.port}/.sallyport/jwks.json` };
}

test('around Sallyport there is no way into an app that verifies: every direct call without a good assertion is refused', async (t) => {
  const { sally, upstream, jwksUrl } = await stand(t);
  const app = await startApp(t, jwksUrl);
  const good = (await overheard(sally, upstream)).all('sallyport-assertion')[0] ?? '';
  assert.equal(await direct(app.port, [`Sallyport-Assertion: ${good}`]), 200, 'what Sallyport sends is accepted');
  app.handled.length = 0;
  const [head = '', payload = '', signature = ''] = good.split('.');
  const named = Buffer.from(
    JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), name: 'root' }),
  ).toString('base64url');
  const none = Buffer.from('{"alg":"none","typ":"sallyport-assertion+jwt"}').toString('base64url');
  const identity = ['Remote-User: alice', 'X-Forwarded-User: alice', 'Sallyport-Account: alice'];
  const calls: Readonly<Record<string, readonly string[]>> = {
    'no header': [],
    'identity headers alone': identity,
    'the cookie of a session': [`Cookie: ${await sally.session('bob')}`],
    'an empty assertion': ['Sallyport-Assertion:'],
    'another name under the signature': [`Sallyport-Assertion: ${head}.${named}.${signature}`],
    'no signature': [`Sallyport-Assertion: ${head}.${payload}.`],
    'no algorithm': [`Sallyport-Assertion: ${none}.${named}.`],
    'the assertion twice': [`Sallyport-Assertion: ${good}`, `Sallyport-Assertion: ${good}`],
    'the assertion under another name': [`Authorization: Bearer ${good}`, `X-Sallyport-Assertion: ${good}`],
  };
  for (const [what, lines] of Object.entries(calls)) assert.equal(await direct(app.port, lines), 403, what);
  assert.deepEqual(app.handled, [], 'the app did nothing');
});

test('an assertion for another app opens nothing', async (t) => {
  const { sally, upstream, jwksUrl } = await stand(t);
  const app = await startApp(t, jwksUrl);
  upstream.clear();
  const cookie = await sally.session('alice', { appId: 'side' });
  assert.equal((await sally.send('GET', '/', { cookie, host: 'localhost' })).status, 200);
  const other = upstream.requests[0]?.all('sallyport-assertion')[0] ?? '';
  assert.match(other, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  assert.equal(await direct(app.port, [`Sallyport-Assertion: ${other}`]), 403, 'of the app at its side');
  assert.deepEqual(app.handled, []);
});

test('an assertion that is older than a minute opens nothing', async (t) => {
  // Sallyport's clock is behind the app's: what it signs is old when it arrives.
  const clock = new TestClock();
  clock.advance(-70_000);
  const { sally, upstream, jwksUrl } = await stand(t, clock);
  const app = await startApp(t, jwksUrl);
  const old = (await overheard(sally, upstream)).all('sallyport-assertion')[0] ?? '';
  assert.equal(await direct(app.port, [`Sallyport-Assertion: ${old}`]), 403);
  assert.deepEqual(app.handled, []);
});

test('while the keys cannot be had the app refuses, and it needs no restart when they can', async (t) => {
  const { sally, upstream, jwksUrl } = await stand(t);
  let reachable = false;
  const { port: target } = new URL(jwksUrl);
  const relay = createServer((_request, response) => {
    if (!reachable) return void response.destroy();
    fetch(`http://localhost:${target}/.sallyport/jwks.json`).then(
      async (keys) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(await keys.text()),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    relay.closeAllConnections();
    relay.close();
  });
  const app = await startApp(t, `http://127.0.0.1:${(relay.address() as AddressInfo).port}/jwks.json`); // as above
  const good = (await overheard(sally, upstream)).all('sallyport-assertion')[0] ?? '';
  assert.equal(await direct(app.port, [`Sallyport-Assertion: ${good}`]), 403);
  assert.deepEqual(app.handled, []);
  reachable = true;
  assert.equal(await direct(app.port, [`Sallyport-Assertion: ${good}`]), 200);
  assert.deepEqual(app.handled, ['alice']);
});
