import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { ChatRoom } from '../../../src/demo/chat.ts';
import { systemClock } from '../../../src/lib/clock.ts';

const MASK = Buffer.from([0x12, 0x34, 0x56, 0x78]);
const MAX_MESSAGE = 64 * 1024;
const HANDSHAKE =
  'GET /chat/socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** A client's frame by hand: `first` is FIN, RSV and opcode as one byte. */
function frame(first: number, payload: Buffer | string): Buffer {
  const bytes = Buffer.from(payload);
  const n = bytes.length;
  const head =
    n < 126
      ? [first, 0x80 | n]
      : n < 65_536
        ? [first, 0xfe, n >> 8, n & 0xff]
        : [first, 0xff, 0, 0, 0, 0, 0, n >> 16, (n >> 8) & 0xff, n & 0xff];
  return Buffer.concat([Buffer.from(head), MASK, bytes.map((byte, i) => byte ^ (MASK[i & 3] ?? 0))]);
}

const refused: string[] = [];
const room = new ChatRoom(systemClock, (socket, error) => {
  refused.push(error.code);
  socket.destroy();
});
const server = createServer().on('upgrade', (request, socket, head) => room.join('alice', request, socket, head));

before(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
after(() => {
  room.close();
  server.close();
});

/** A socket after the handshake that it has sent, answered. */
async function joined(handshake = HANDSHAKE): Promise<Socket> {
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write(handshake);
  if (handshake === HANDSHAKE) assert.match(String((await once(socket, 'data'))[0]), /^HTTP\/1.1 101 /);
  return socket;
}

/** The code that the chat closes with when it is sent these bytes. */
async function closedWith(bytes: Buffer): Promise<number> {
  const socket = await joined();
  let all = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    all = Buffer.concat([all, chunk]);
    // A close is answered (RFC 6455 §5.5.1): the chat would wait half a minute for that.
    if (all[0] === 0x88 && all.length >= 4) socket.write(frame(0x88, all.subarray(2, 4)));
  });
  socket.write(bytes);
  await once(socket, 'end');
  socket.destroy();
  assert.equal(all[0], 0x88, 'the first frame that comes closes');
  return all.readUInt16BE(2);
}

const BROKEN: readonly (readonly [what: string, bytes: Buffer, code: number])[] = [
  ['a message of one byte more than 64 KiB', frame(0x81, Buffer.alloc(MAX_MESSAGE + 1, 'a')), 1009],
  ['a length that is claimed, before the bytes come', Buffer.from('81ff000000000001000112345678', 'hex'), 1009],
  [
    'fragments that add up to too much',
    Buffer.concat([0x01, 0x00].map((first) => frame(first, 'a'.repeat(32_769)))),
    1009,
  ],
  [
    'fragments without end',
    Buffer.concat([frame(0x01, ''), ...Array.from({ length: 17_000 }, () => frame(0x00, ''))]),
    1008,
  ],
  ['an unmasked frame', Buffer.from('810548656c6c6f', 'hex'), 1002],
  ['a reserved bit', frame(0xc1, 'x'), 1002],
  ['an unknown opcode', frame(0x83, 'x'), 1002],
  ['a fragmented ping', frame(0x09, 'x'), 1002],
  ['a long ping', frame(0x89, 'x'.repeat(126)), 1002],
  ['a continuation of nothing', frame(0x80, 'x'), 1002],
  ['a new message inside another', Buffer.concat([frame(0x01, 'a'), frame(0x81, 'b')]), 1002],
  ['binary data', frame(0x82, 'x'), 1003],
  ['text that is not UTF-8', frame(0x81, Buffer.from([0xff, 0xfe])), 1007],
  ['half a close code', frame(0x88, 'x'), 1002],
  ['a close code that may not be sent', frame(0x88, Buffer.from([0x03, 0xed])), 1002],
  ['a close reason that is not UTF-8', frame(0x88, Buffer.from([0x03, 0xe8, 0xff])), 1007],
];
for (const [what, bytes, code] of BROKEN) {
  test(`the chat refuses ${what} with ${code}`, async () => assert.equal(await closedWith(bytes), code));
}

test('a message of exactly 64 KiB passes, whatever the pieces it came in', async () => {
  const socket = await joined();
  const whole = Buffer.concat([
    frame(0x01, `Grüße${' '.repeat(MAX_MESSAGE - 10)}`),
    frame(0x89, 'ping'),
    frame(0x80, Buffer.from('船')),
  ]);
  for (let at = 0; at < whole.length; at += 9_999) socket.write(whole.subarray(at, at + 9_999));
  let came = Buffer.alloc(0);
  while (!came.includes('}')) came = Buffer.concat([came, ...((await once(socket, 'data')) as Buffer[])]);
  assert.equal(came[0], 0x8a, 'the ping is answered between the fragments');
  assert.match(came.toString(), /"text":"Grüße/);
  socket.destroy();
});

test('a request that is no opening handshake is left to the portal to refuse', async () => {
  for (const wrong of [
    ['Version: 13', 'Version: 7'],
    ['dGhlIHNhbXBsZSBub25jZQ==', 'dGhl'],
    ['Upgrade: websocket', 'Upgrade: h2c'],
    ['GET', 'POST'],
  ] as const) {
    refused.length = 0;
    const socket = await joined(HANDSHAKE.replace(wrong[0], wrong[1]));
    await once(socket, 'close');
    assert.deepEqual(refused, ['bad-request'], wrong[1]);
  }
});
