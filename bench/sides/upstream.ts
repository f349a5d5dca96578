import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';

/**
 * The app behind every proxy of the comparison: raw sockets and ready-made answers, so that it shares the generator's
 * core without holding anybody up. `/100` and `/65536` answer that many bytes, `/download/N` streams N bytes, and a POST
 * is read to its end and answered. `/socket` is upgraded; each message of 100 bytes then comes back.
 */
const CANNED = new Map(
  [100, 65_536].map((size) => [
    `/${size}`,
    Buffer.from(
      `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: Mon, 01 Jan 2029 00:00:00 GMT\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`,
    ),
  ]),
);
const DONE = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok');
const BLOCK = Buffer.alloc(64 * 1024, 'x');

function stream(socket: Socket, size: number): void {
  socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${size}\r\n\r\n`);
  let left = size;
  const more = (): void => {
    while (left > 0 && !socket.destroyed) {
      const block = left >= BLOCK.length ? BLOCK : BLOCK.subarray(0, left);
      left -= block.length;
      if (!socket.write(block)) {
        socket.once('drain', more);
        return;
      }
    }
  };
  more();
}

const PAYLOAD = 100;
const ECHO = Buffer.concat([Buffer.from([0x82, PAYLOAD]), Buffer.alloc(PAYLOAD, 'x')]);
const FRAME_BYTES = 6 + PAYLOAD;

/** The rest of an upgraded connection. */
function echo(socket: Socket, key: string): void {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}`;
  let got = 0;
  socket.removeAllListeners('data');
  socket.on('data', (chunk: Buffer) => {
    got += chunk.length;
    for (; got >= FRAME_BYTES; got -= FRAME_BYTES) socket.write(ECHO);
  });
  socket.write(`${head}\r\n\r\n`);
}

const server = createServer({ noDelay: true }, (socket) => {
  let held = '';
  let left = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    if (left > 0) {
      left -= chunk.length;
      if (left <= 0) socket.write(DONE);
      return;
    }
    held += chunk.toString('latin1');
    const end = held.indexOf('\r\n\r\n');
    if (end === -1) return;
    const head = held;
    held = '';
    const target = head.slice(head.indexOf(' ') + 1, head.indexOf(' ', 5));
    if (target === '/socket') echo(socket, /\r\nsec-websocket-key: *(\S+)/i.exec(head)?.[1] ?? '');
    else if (head.startsWith('POST')) {
      left = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0) - (head.length - end - 4);
      if (left <= 0) socket.write(DONE);
    } else if (target.startsWith('/download/')) stream(socket, Number(target.slice(10)));
    else socket.write(CANNED.get(target) ?? DONE);
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'));
process.on('disconnect', () => process.exit());
