import assert from 'node:assert/strict';
import test from 'node:test';
import { type Bound, boundTests } from '../support/login-app-bound.ts';
import { rawSocket } from '../support/raw.ts';
import type { Signer } from '../support/signer.ts';
import { type Behaviour, ticks, webSocketEcho } from '../support/upstream.ts';

const soon = (ms = 300) => new Promise((resolve) => setTimeout(resolve, ms));

/** The app's session of a request, under a new id from here on: the line that tells of it. */
function renewed(on: Bound, cookies: readonly string[]): string {
  const id = /SESS=(\w+)/.exec(cookies.join())?.[1] ?? '';
  const session = on.app.people.sessions.get(id);
  if (session === undefined) throw new Error('the request had no session of the app');
  return `Set-Cookie: SESS=${on.app.people.rotate(session).id}; Path=/`;
}

/** Events without end, in an answer that renews the session's id. */
const stream =
  (on: Bound, renews: boolean): Behaviour =>
  (socket, request) => {
    const write = socket.write.bind(socket);
    const field = renews ? `${renewed(on, request.all('cookie'))}\r\n` : '';
    socket.write = ((text: string) => write(text.replace('Transfer', () => `${field}Transfer`))) as typeof socket.write;
    ticks(20)(socket, request);
    socket.write = write as typeof socket.write;
  };

const webSocket =
  (on: Bound, renews: boolean): Behaviour =>
  (socket, request) =>
    webSocketEcho(renews ? [renewed(on, request.all('cookie'))] : [])(socket, request);

const UPGRADE = [
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
] as const;

async function open(on: Bound, who: Signer, upgrade: boolean) {
  const { host, origin, cookie } = who;
  const text = on.sally.request('GET', upgrade ? '/live' : '/stream', {
    host,
    cookie,
    ...(upgrade ? { origin, headers: UPGRADE } : {}),
  });
  const socket = await rawSocket(on.sally.port);
  const opened = { text: '', closed: false, end: () => socket.destroy() };
  socket.on('data', (chunk) => {
    opened.text += chunk.toString('latin1');
  });
  socket.once('close', () => {
    opened.closed = true;
  });
  socket.write(upgrade ? text.replace('Connection: close', 'Connection: Upgrade') : text);
  await soon();
  assert.match(opened.text, upgrade ? /^HTTP\/1.1 101/ : /^HTTP\/1.1 200[\s\S]*data: 3/);
  assert.doesNotMatch(opened.text, /SESS/);
  assert.equal(opened.closed, false);
  return opened;
}

boundTests((on) => {
  for (const [what, renews] of [
    ['sets nothing', false],
    ['has renewed the id of the session', true],
  ] as const)
    for (const [kind, upgrade] of [
      ['stream', false],
      ['WebSocket', true],
    ] as const)
      test(`a ${kind} whose head ${what} ends with the cookies that it was opened with`, async () => {
        const alice = await on.signer('alice');
        await alice.arrive();
        on.app.upstream.on('/stream', stream(on, renews));
        on.app.upstream.on('/live', webSocket(on, renews));
        for (const end of [() => alice.login(), () => alice.page('/logout')]) {
          const opened = await open(on, alice, upgrade);
          await end();
          await soon();
          opened.end();
          assert.equal(opened.closed, true, String(end));
          await alice.login();
        }
      });
});
