import assert from 'node:assert/strict';
import test from 'node:test';
import { type Guarded, startGuarded, testApp, testSession } from '../support/guarded.ts';
import { parseAnswer, raw } from '../support/raw.ts';
import { type RecordingUpstream, startUpstream } from '../support/upstream.ts';

const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON';

/** Answers everybody by their name, and for mallory writes one answer too many, at the worst moment that it can find. */
async function poisonous(): Promise<RecordingUpstream> {
  const upstream = await startUpstream();
  let written = 0;
  upstream.on('*', (socket, request) => {
    const [who = ''] = request.all('remote-user');
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${who.length}\r\n\r\n${who}`);
    if (who !== 'mallory' || written >= 60) return;
    written += 1;
    // From at once to when the next request is on its way by that connection.
    setTimeout(() => socket.destroyed || socket.write(POISON), (written % 6) * 0.5);
  });
  return upstream;
}

async function ask(guarded: Guarded, who: string): Promise<string> {
  const { text } = await raw(
    guarded.port,
    `GET / HTTP/1.1\r\nHost: app.test\r\nX-Who: ${who}\r\nConnection: close\r\n\r\n`,
  );
  return parseAnswer(text).body;
}

async function start(
  exclusive: boolean,
  connections: number,
): Promise<{ upstream: RecordingUpstream; guarded: Guarded }> {
  const upstream = await poisonous();
  const guarded = await startGuarded(testApp(upstream.origin, { exclusive, connections }));
  const sessions = new Map(['mallory', 'alice', 'bob', 'carol'].map((name) => [name, testSession(name)]));
  guarded.personOf = (request) => sessions.get(String(request.headers['x-who'])) ?? testSession('nobody');
  return { upstream, guarded };
}

for (const connections of [1, 2, 16])
  test(`with ${connections} exclusive connections, of sixty answers that an app writes unasked none reaches another session`, async () => {
    const { upstream, guarded } = await start(true, connections);
    try {
      const owners = new Map<number, string>();
      for (let round = 0; round < 60; round += 1) {
        const names = ['mallory', 'alice', 'mallory', 'bob', 'carol', 'mallory', 'alice'];
        const bodies = await Promise.all(names.map((name) => ask(guarded, name)));
        for (const [i, name] of names.entries())
          if (name !== 'mallory') assert.equal(bodies[i], name, `round ${round}`);
      }
      for (const request of upstream.requests) {
        const [who = ''] = request.all('remote-user');
        assert.equal(owners.get(request.connection) ?? who, who, 'a connection of two sessions');
        owners.set(request.connection, who);
      }
      // Kept for their owner, where there is room for all.
      if (connections === 16) assert.ok(owners.size < upstream.hits);
    } finally {
      await guarded.close();
      await upstream.close();
    }
  });

test('requests of nobody in particular have a connection each, and exclusive ones are few and close when idle', async () => {
  const upstream = await startUpstream();
  const guarded = await startGuarded(testApp(upstream.origin, { exclusive: true, connections: 3 }));
  const sessions = Array.from({ length: 10 }, (_, i) => testSession(`p${i}`));
  let next = 0;
  guarded.personOf = () => sessions[next++ % sessions.length] ?? testSession();
  try {
    let most = 0;
    const open = (): number => new Set(upstream.requests.filter(({ closed }) => !closed).map((r) => r.connection)).size;
    for (let i = 0; i < 40; i += 1) {
      assert.equal(await ask(guarded, 'x'), 'ok');
      most = Math.max(most, open());
    }
    // The one that makes room may take a moment to close.
    assert.ok(most <= 4, `${most} connections at one time`);
    await upstream.until(() => open() === 0, 8000);
    upstream.clear();
    guarded.session = testSession();
    guarded.personOf = null;
    guarded.anonymous = true;
    for (let i = 0; i < 5; i += 1) assert.equal(await ask(guarded, 'x'), 'ok');
    assert.equal(new Set(upstream.requests.map(({ connection }) => connection)).size, 5);
  } finally {
    await guarded.close();
    await upstream.close();
  }
});

test('who waits for an exclusive connection gets one when another session is done, in turn', async () => {
  const upstream = await startUpstream();
  upstream.on('*', (socket, request) => {
    setTimeout(
      () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${request.all('remote-user')[0]?.at(-1)}`),
      10,
    );
  });
  const guarded = await startGuarded(
    testApp(upstream.origin, { exclusive: true, connections: 2, connectTimeoutMs: 5000 }),
  );
  const sessions = Array.from({ length: 8 }, (_, i) => testSession(`p${i}`));
  guarded.personOf = (request) => sessions[Number(request.headers['x-who'])] ?? testSession();
  try {
    const bodies = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(guarded, String(i % 8))));
    assert.deepEqual(
      bodies,
      Array.from({ length: 40 }, (_, i) => String(i % 8)),
    );
  } finally {
    await guarded.close();
    await upstream.close();
  }
});
