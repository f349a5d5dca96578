import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import test, { type TestContext } from 'node:test';
import { fleet } from '../support/fleet.ts';
import { run } from '../support/process.ts';
import { type Behaviour, ticks } from '../support/upstream.ts';

const [SESSIONS, SOCKETS, STREAMS] = [300, 150, 20];
const EVERY_MS = 40;
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** Switches to WebSocket and sends a short text every so often, until the socket closes. */
const chatter: Behaviour = (socket) => {
  const fields = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${ACCEPT}`];
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields.join('\r\n')}\r\n\r\n`);
  const timer = setInterval(() => socket.destroyed || socket.write(Buffer.from([0x81, 0x02, 0x68, 0x69])), EVERY_MS);
  socket.once('close', () => clearInterval(timer));
};

const now = (): number => performance.timeOrigin + performance.now();

/** Something open at a node: what arrived, when the last of it did, and whether it is over. */
interface Open {
  bytes: number;
  lastAt: number;
  closed: boolean;
  readonly socket: Socket;
}

function open(t: TestContext, port: number, path: string, cookie: string, more: readonly string[]): Open {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  const it: Open = { bytes: 0, lastAt: 0, closed: false, socket };
  socket.on('data', (chunk) => {
    it.bytes += chunk.length;
    it.lastAt = now();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    it.closed = true;
  });
  socket.write([`GET ${path} HTTP/1.1`, 'Host: app.test', `Cookie: ${cookie}`, ...more, '', ''].join('\r\n'));
  return it;
}

const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Origin: http://app.test',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${KEY}`,
];

async function until(holds: () => boolean, what: string): Promise<void> {
  for (const end = performance.now() + 60_000; !holds(); ) {
    if (performance.now() > end) throw new Error(`${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

interface Told {
  readonly revoked: readonly string[];
  readonly in_force: { ms: number; streams: number; last_stream_ms: number; silent: unknown[] };
}

for (const kind of ['sqlite', 'postgres'] as const)
  test(`${kind}: the figure that is told when sessions end is what their streams saw`, async (t) => {
    // Time enough for a busy machine: what is said of a node that is not heard is another test's.
    const { store, upstream, nodes, session } = await fleet(t, kind, '10s');
    upstream.on('/socket', chatter);
    upstream.on('/events', ticks(EVERY_MS));
    const cookies: string[] = [];
    for (let n = 0; n < SESSIONS; n += 1) cookies.push((await session()).cookie);
    const portOf = (n: number) => nodes[n % nodes.length]?.port ?? 0;
    const all = cookies.slice(0, SOCKETS).map((cookie, n) => open(t, portOf(n), '/socket', cookie, UPGRADE));
    for (const [n, cookie] of cookies.slice(-STREAMS).entries()) all.push(open(t, portOf(n), '/events', cookie, []));
    // Each has said something after its head.
    await until(() => all.every(({ bytes }) => bytes > 250), 'that all are open');

    const lag = monitorEventLoopDelay({ resolution: 5 });
    lag.enable();
    const ran = await run('session', 'revoke', '--all', '--json', '--config', nodes[0]?.file ?? '');
    const returned = now();
    assert.equal(ran.code, 0, ran.err);
    await until(() => all.every(({ closed }) => closed), 'that all are over');
    lag.disable();
    const { revoked, in_force: force } = JSON.parse(ran.out) as Told;
    assert.deepEqual([revoked.length, force.streams, force.silent], [SESSIONS, all.length, []]);

    const [ended] = await store.audit.list({ kind: 'session.revoke', limit: 1 });
    const began = ended?.at ?? 0;
    const lastByte = Math.max(...all.map(({ lastAt }) => lastAt));
    const figure = began + force.last_stream_ms;
    // A byte is seen here as late as this process came to look.
    const late = lag.max / 1e6;
    const told = `last byte ${lastByte - began} ms, told ${force.last_stream_ms} ms, seen up to ${late} ms late`;
    assert.ok(lastByte <= figure + late, told);
    assert.ok(figure <= returned && force.last_stream_ms <= force.ms, told);
    t.diagnostic(told);

    const [entry] = await store.audit.list({ kind: 'session.stopped', limit: 1 });
    const detail = { what: 'all', sessions: SESSIONS, ms: force.last_stream_ms, streams: all.length };
    assert.deepEqual(JSON.parse(entry?.detail ?? '{}'), detail);

    const bytes = all.map((each) => each.bytes);
    await new Promise((resolve) => setTimeout(resolve, 5 * EVERY_MS));
    assert.deepEqual(
      all.map((each) => each.bytes),
      bytes,
      'nothing comes after',
    );
  });
