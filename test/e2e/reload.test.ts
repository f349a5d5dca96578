import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { connect } from 'node:tls';
import { WebSocket } from 'ws';
import { rawSocket } from '../support/raw.ts';
import { startSallyport } from '../support/sallyport.ts';
import { until } from '../support/shut.ts';
import { answer, stall, startUpstream, ticks, webSocketEcho } from '../support/upstream.ts';

test('a reload applies at once and drops no connection: not a stream, not a socket, not a request under way', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  sally.upstream.on('/ws', webSocketEcho());
  sally.upstream.on('/events', ticks(20));
  sally.upstream.on('/slow', (socket, request) => void setTimeout(() => answer('late')(socket, request), 400));
  const cookie = await sally.session('alice');
  const socket = new WebSocket(`ws://127.0.0.1:${sally.port}/ws`, {
    headers: { Host: 'app.test', Cookie: cookie, Origin: 'http://app.test' },
  });
  await once(socket, 'open');
  const events = await rawSocket(sally.port);
  t.after(() => {
    socket.terminate();
    events.destroy();
  });
  let bytes = 0;
  events.on('data', (chunk) => {
    bytes += chunk.length;
  });
  events.write(sally.request('GET', '/events', { cookie }));
  const kept = await rawSocket(sally.port);
  t.after(() => kept.destroy());
  let answers = '';
  kept.on('data', (chunk) => {
    answers += chunk.toString('latin1');
  });
  const again = `GET /ops HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\n\r\n`;
  kept.write(again);
  await until(() => bytes > 200 && answers.includes('200 OK'));
  const slow = sally.send('GET', '/slow', { cookie });
  await sally.upstream.until(() => sally.upstream.requests.some((request) => request.target === '/slow'));

  const other = await startUpstream();
  t.after(() => other.close());
  other.on('*', answer('the other app'));
  const next = await sally.load({
    app: [
      '    rules: [{ path: /ops/**, groups: [ops] }]',
      '    exemptions: [{ method: GET, path: /open, reason: r, owner: o, expires: 2099-12-31 }]',
    ],
  });
  const [app] = next.apps;
  assert.ok(app !== undefined);
  await sally.app.reload({ ...next, apps: [{ ...app, upstream: { ...app.upstream, origin: other.origin } }] });

  // The rule holds for the very next request, on a connection that was open before.
  answers = '';
  kept.write(again);
  await until(() => answers.includes('HTTP/1.1 403'));
  assert.equal((await sally.send('GET', '/open')).body, 'the other app');
  assert.equal((await sally.send('GET', '/x', { cookie })).body, 'the other app');
  assert.equal((await slow).body, 'late');
  socket.send('still here');
  const [echo] = (await once(socket, 'message')) as [Buffer];
  assert.equal(echo.toString(), 'still here');
  const before = bytes;
  await until(() => bytes > before + 100);
  // What is open from before a reload still ends with its session.
  await sally.app.store.sessions.end({ by: 'all' }, 'test', sally.clock.now());
  await until(() => socket.readyState === WebSocket.CLOSED && events.destroyed);
});

test('a session whose app is gone, or whose realm changed, ends with the reload', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  sally.upstream.on('/events', ticks(20));
  const cookie = await sally.session('alice');
  const events = await rawSocket(sally.port);
  t.after(() => events.destroy());
  events.resume().write(sally.request('GET', '/events', { cookie }));
  await sally.upstream.until(() => sally.upstream.hits === 1);
  const [app] = sally.config.apps;
  assert.ok(app !== undefined);
  await sally.app.reload({ ...sally.config, apps: [{ ...app, id: 'another' }] });
  await until(() => events.destroyed);
  sally.upstream.clear();
  assert.equal((await sally.send('GET', '/', { cookie })).status, 401);
  sally.upstream.silent();
});

test('many reloads under load: every request is answered, by one configuration or the other', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  const cookie = await sally.session('alice');
  let flowing = true;
  let requests = 0;
  const flow = async (): Promise<void> => {
    while (flowing) {
      const { status } = await sally.send('GET', '/', { cookie });
      requests += 1;
      assert.equal(status, 200);
    }
  };
  const traffic = Promise.all([flow(), flow(), flow()]);
  // At least twenty reloads, and as many more as a busy machine needs for requests to fall between them.
  for (let n = 0; n < 20 || (requests <= 20 && n < 1000); n += 1) {
    await sally.app.reload(
      n % 2 === 0 ? { ...sally.config, apps: sally.config.apps.map((app) => ({ ...app })) } : sally.config,
    );
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  flowing = false;
  await traffic;
  assert.ok(requests > 20);
});

test('a new certificate is used for new connections', async (t) => {
  const sally = await startSallyport({ tls: true });
  t.after(() => sally.close());
  const open = connect({ port: sally.port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(open, 'secureConnect');
  t.after(() => open.destroy());
  await sally.app.reload(sally.config);
  open.write(`GET / HTTP/1.1\r\nHost: app.test\r\n\r\n`);
  const [text] = (await once(open, 'data')) as [Buffer];
  assert.match(text.toString(), /^HTTP\/1\.1 401 /);
  const next = connect({ port: sally.port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(next, 'secureConnect');
  next.destroy();
});

test('a stop drains within its time, though somebody waits for an app that never answers', async () => {
  const sally = await startSallyport({ top: ['limits: { drain: 1s }'] });
  sally.upstream.on('/never', stall);
  const cookie = await sally.session('alice');
  const waiting = await rawSocket(sally.port);
  waiting.resume().write(sally.request('GET', '/never', { cookie }));
  await sally.upstream.until(() => sally.upstream.hits === 1);
  await sally.close();
  await until(() => waiting.destroyed);
});
