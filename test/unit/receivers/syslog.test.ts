import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { createServer, type TLSSocket } from 'node:tls';
import { entriesParcel } from '../../../src/receivers/items.ts';
import { framesOf, messageOf } from '../../../src/receivers/places/frames.ts';
import { Records } from '../../../src/receivers/places/records.ts';
import { syslog } from '../../../src/receivers/places/syslog.ts';
import { localhostCert, localhostKey } from '../../support/localhost-tls.ts';
import { folderFor, withAuthority } from '../../support/receivers.ts';

const LOG = 'sallyport.record/0123456789abcdef';
const item = (text: string, index = 4) =>
  ({ index, seq: 9, at: 1_764_460_800_000, outcome: 'refused', kind: 'sign-in.second', text }) as const;

test('a message is of RFC 5424, in US-ASCII, with its place in the log as structured data', () => {
  assert.equal(
    messageOf(item('{"name":"Zoë \u{1f511}"}'), LOG, 'gate.example.org'),
    `<108>1 2025-11-30T00:00:00.000Z gate.example.org sallyport - sign-in.second [sallyport@32473 log="${LOG}" index="4" seq="9"] {"name":"Zo\\u00eb \\ud83d\\udd11"}`,
  );
  const odd = messageOf({ ...item('{}'), kind: `a b\n${'x'.repeat(50)}` }, 'a"]\\\n', 'gäte \n');
  assert.equal(
    odd,
    `<108>1 2025-11-30T00:00:00.000Z gte sallyport - ab${'x'.repeat(30)} [sallyport@32473 log="a\\"\\]\\\\?" index="4" seq="9"] {}`,
  );
});

test('messages are counted in bytes (RFC 5425 §4.3)', () => {
  const text = framesOf(entriesParcel(LOG, 4, 6, [item('{}'), item('{"é":1}', 5)])).toString();
  const first = Number.parseInt(text, 10);
  const rest = text.slice(String(first).length + 1);
  assert.match(rest.slice(0, first), /^<108>1 .* \{\}$/);
  assert.equal(Number.parseInt(rest.slice(first), 10), rest.slice(first).length - 4);
});

type Behaviour = (socket: TLSSocket, raw: Socket) => void;

async function receiver(t: TestContext, behave: Behaviour, more: object = {}) {
  const folder = await folderFor(t);
  await withAuthority(folder);
  const raws: Socket[] = [];
  const server = createServer({ cert: localhostCert, key: localhostKey, allowHalfOpen: true, ...more }, (socket) => {
    socket.on('error', () => {});
    behave(socket, raws.at(-1) as Socket); // it came before
  });
  server.on('connection', (raw: Socket) => void raws.push(raw));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const raw of raws) raw.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return syslog({ kind: 'syslog', host: 'localhost', port, ca: join(folder, 'ca.pem'), client: null });
}

/** As a receiver is: it reads to the end, and ends then. */
const polite: Behaviour = (socket) => {
  socket.resume();
  socket.on('end', () => socket.end());
};
const small = entriesParcel(LOG, 4, 5, [item('{}')]);
const large = entriesParcel(LOG, 4, 5, [item(JSON.stringify('x'.repeat(8_000_000)))]);
const within = (ms: number) => AbortSignal.timeout(ms);

for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
  test(`a receiver that reads everything and ends has taken it (${version})`, async (t) => {
    const place = await receiver(t, polite, { minVersion: version, maxVersion: version });
    await place.send(small, within(5_000));
    await place.send(large, within(5_000));
  });

test('one that reads, and never closes, has not taken it', async (t) => {
  const place = await receiver(t, (socket) => void socket.resume());
  await assert.rejects(place.send(small, within(500)), { message: 'took too long' });
});

test('one that closes before it has read everything has not taken it', async (t) => {
  const place = await receiver(t, (socket, raw) => {
    socket.once('data', () => raw.destroy());
  });
  await assert.rejects(place.send(large, within(5_000)), /closed before|ECONNRESET|EPIPE|connection lost/);
});

test('one that dies when the handshake is over, before anything came, has not taken it', async (t) => {
  // By TLS 1.2: by 1.3 what we send comes with the end of the handshake, and the process has read it when it dies.
  const place = await receiver(t, (_, raw) => void raw.destroy(), { maxVersion: 'TLSv1.2' });
  for (let n = 0; n < 50; n += 1) await assert.rejects(place.send(small, within(5_000)));
});

test('of one that ends TLS, a connection that closes without it has taken nothing', async (t) => {
  let dies = false;
  const place = await receiver(t, (socket, raw) => {
    socket.resume();
    socket.on('end', () => (dies ? raw.destroy() : socket.end()));
  });
  await place.send(small, within(5_000));
  dies = true;
  await assert.rejects(place.send(small, within(5_000)), { message: 'closed without ending TLS' });
});

test('one that never ends TLS, and closes when it has read everything, has taken it', async (t) => {
  const place = await receiver(t, (socket, raw) => {
    socket.resume();
    socket.on('end', () => raw.destroy());
  });
  await place.send(small, within(5_000));
});

test('one that talks without end is cut off', async (t) => {
  const place = await receiver(t, (socket) => {
    socket.resume();
    const more = () => void socket.write(Buffer.alloc(16_384), (error) => error == null && more());
    more();
  });
  await assert.rejects(place.send(small, within(5_000)), { message: 'it talks without end' });
});

test('a receiver that is not the one of the authority is not told anything', async (t) => {
  const folder = await folderFor(t);
  let heard = 0;
  const server = createServer({ cert: localhostCert, key: localhostKey }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', () => (heard += 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const about = { kind: 'syslog', port, client: null } as const;
  await assert.rejects(syslog({ ...about, host: 'localhost', ca: null }).send(small, within(2_000)), {
    message: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
  await withAuthority(folder);
  const ca = join(folder, 'ca.pem');
  await assert.rejects(syslog({ ...about, host: '127.0.0.1', ca }).send(small, within(2_000)), {
    message: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
  assert.equal(heard, 0);
});

test('records are known however they are cut', () => {
  const record = (type: number, length: number) =>
    Buffer.concat([Buffer.of(type, 3, 3, 0, length), Buffer.alloc(length)]);
  const stream = Buffer.concat([record(22, 90), record(23, 200), record(23, 19)]);
  for (let size = 1; size < 40; size += 1) {
    const records = new Records();
    for (let at = 0; at < stream.length; at += size) {
      assert.equal(records.endedByAlert, false);
      records.pass(stream.subarray(at, at + size));
    }
    assert.equal(records.endedByAlert, true);
    records.pass(Buffer.of(23));
    assert.equal(records.endedByAlert, false);
  }
});
