import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** One request as it arrived, byte for byte. */
export interface Recorded {
  /** Number of the connection it came on, from 0. */
  readonly connection: number;
  /** Request line and fields without the blank line, one character for one byte. */
  readonly head: string;
  readonly method: string;
  /** The raw target. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** All values of a header, any case. */
  all(name: string): string[];
  /** Bytes of body received so far. */
  bodyBytes: number;
  /** The body received so far, kept up to 64 KiB, chunks joined. */
  body: string;
  /** The body ended where its framing says. */
  complete: boolean;
  /** Its connection has been closed. */
  closed: boolean;
}

/** What a path does. It may write to the socket now and later; the socket is raw. */
export type Behaviour = (socket: Socket, request: Recorded) => void;

export interface RecordingUpstream {
  readonly port: number;
  readonly origin: string;
  /** Requests whose head arrived, in order. */
  readonly requests: Recorded[];
  readonly hits: number;
  /** Connections accepted. */
  readonly connections: number;
  /** All bytes received on each connection (kept up to 1 MiB each). */
  readonly bytes: string[];
  /** Sets what a path (target without query) does; `*` is for all others. */
  on(path: string, behaviour: Behaviour): void;
  /** Forgets what was recorded. */
  clear(): void;
  /** Asserts that nothing has arrived: no request and not one byte. */
  silent(message?: string): void;
  /** Settles when `test` holds; rejects after `ms` (default 2000). */
  until(test: () => boolean, ms?: number): Promise<void>;
  close(): Promise<void>;
}

/** A complete answer with Content-Length. `fields` are raw lines. */
export function answer(body: string | Buffer = 'ok', status = '200 OK', fields: readonly string[] = []): Behaviour {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const head = [`HTTP/1.1 ${status}`, `Content-Length: ${bytes.length}`, ...fields].join('\r\n');
  return (socket) => socket.write(Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), bytes]));
}

/** As `answer`, but only once the request's body is complete. */
export function answerAtEnd(body: (request: Recorded) => string): Behaviour {
  return (socket, request) => {
    const timer = setInterval(() => {
      if (!request.complete && !request.closed) return;
      clearInterval(timer);
      if (request.complete) answer(body(request))(socket, request);
    }, 5);
  };
}

/** Bytes written as they are: garbage, truncation, several answers, odd fields. `end` closes afterwards. */
export function bytes(text: string, end = false): Behaviour {
  return (socket) => {
    if (end) socket.end(text, 'latin1');
    else socket.write(text, 'latin1');
  };
}

export function chunked(pieces: readonly string[], fields: readonly string[] = []): Behaviour {
  const body = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('');
  return bytes(`${['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', ...fields].join('\r\n')}\r\n\r\n${body}0\r\n\r\n`);
}

/** Never answers. */
export const stall: Behaviour = () => {};

/** Closes without a byte. */
export const hangUp: Behaviour = (socket) => void socket.destroy();

/** Answers, and `afterMs` later writes a second answer that nobody asked for (attacks T10). 0: in the same packet. */
export function unsolicited(body: string, second: string, afterMs: number): Behaviour {
  const first = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  return (socket) => {
    if (afterMs === 0) socket.write(first + second, 'latin1');
    else {
      socket.write(first, 'latin1');
      setTimeout(() => socket.destroyed || socket.write(second, 'latin1'), afterMs);
    }
  };
}

/** A download of `size` bytes made while it is sent, respecting backpressure. `sent` counts what the socket took. */
export function download(size: number, sent: { bytes: number } = { bytes: 0 }): Behaviour {
  const block = Buffer.alloc(64 * 1024, 'x');
  return (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${size}\r\n\r\n`);
    sent.bytes = 0;
    const more = (): void => {
      while (sent.bytes < size && !socket.destroyed) {
        const piece = block.subarray(0, Math.min(block.length, size - sent.bytes));
        sent.bytes += piece.length;
        if (!socket.write(piece)) {
          socket.once('drain', more);
          return;
        }
      }
    };
    more();
  };
}

/** Server-sent events, one each `everyMs`, until the socket closes. */
export function ticks(everyMs: number): Behaviour {
  return (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n');
    let n = 0;
    const timer = setInterval(() => {
      const event = `data: ${n++}\n\n`;
      if (!socket.destroyed) socket.write(`${event.length.toString(16)}\r\n${event}\r\n`);
    }, everyMs);
    socket.once('close', () => clearInterval(timer));
  };
}

/** Switches to WebSocket and sends every byte back, unmasked frame by frame. `fields` are raw lines of the 101. */
export function webSocketEcho(fields: readonly string[] = []): Behaviour {
  return (socket, request) => {
    const key = request.all('sec-websocket-key')[0] ?? '';
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    socket.write(`${[...head, `Sec-WebSocket-Accept: ${accept}`, ...fields].join('\r\n')}\r\n\r\n`, 'latin1');
    socket.removeAllListeners('data');
    let buffered: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      buffered = Buffer.concat([buffered, chunk]);
      for (let frame = takeFrame(buffered); frame !== null; frame = takeFrame(buffered)) {
        buffered = frame.rest;
        socket.write(frame.echo);
      }
    });
  };
}

function takeFrame(bytes: Buffer): { echo: Buffer; rest: Buffer } | null {
  if (bytes.length < 2) return null;
  const short = (bytes[1] ?? 0) & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + extra + 4;
  if (bytes.length < start) return null;
  const length = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + length) return null;
  const mask = bytes.subarray(start - 4, start);
  const payload = bytes.subarray(start, start + length).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  const head = Buffer.from(bytes.subarray(0, 2 + extra));
  // A ping is answered by a pong; everything else comes back as it is.
  if ((head[0] ?? 0) === 0x89) head[0] = 0x8a;
  head[1] = (head[1] ?? 0) & 0x7f;
  return { echo: Buffer.concat([head, payload]), rest: bytes.subarray(start + length) };
}

class Connection {
  #buffer = '';
  #current: Recorded | null = null;
  #left = 0;
  #chunked = false;

  /** Feeds bytes; calls `begun` for each request whose head is complete. Deliberately lenient. */
  feed(text: string, index: number, begun: (request: Recorded) => void): void {
    this.#buffer += text;
    for (;;) {
      if (this.#current === null) {
        const end = this.#buffer.indexOf('\r\n\r\n');
        if (end === -1) return;
        const request = parseHead(this.#buffer.slice(0, end), index);
        this.#buffer = this.#buffer.slice(end + 4);
        this.#current = request;
        this.#chunked = request.all('transfer-encoding').length > 0;
        this.#left = Number(request.all('content-length')[0] ?? 0);
        request.complete = !this.#chunked && this.#left === 0;
        begun(request);
      }
      if (!this.#body(this.#current)) return;
      this.#current = null;
    }
  }

  #body(request: Recorded): boolean {
    if (!this.#chunked) {
      this.#left -= this.#take(request, Math.min(this.#left, this.#buffer.length));
      request.complete = this.#left === 0;
      return request.complete;
    }
    for (;;) {
      if (this.#left > 2) this.#left -= this.#take(request, Math.min(this.#left - 2, this.#buffer.length));
      if (this.#left > 0) {
        if (this.#left > 2 || this.#buffer.length < this.#left) return false;
        this.#buffer = this.#buffer.slice(this.#left);
        this.#left = 0;
      }
      const lineEnd = this.#buffer.indexOf('\r\n');
      if (lineEnd === -1) return false;
      const size = Number.parseInt(this.#buffer.slice(0, lineEnd), 16);
      if (size === 0) {
        const end = this.#buffer.indexOf('\r\n\r\n');
        if (end === -1) return false;
        this.#buffer = this.#buffer.slice(end + 4);
        request.complete = true;
        return true;
      }
      this.#buffer = this.#buffer.slice(lineEnd + 2);
      this.#left = size + 2;
    }
  }

  #take(request: Recorded, n: number): number {
    if (request.body.length < 65_536) request.body += this.#buffer.slice(0, n);
    request.bodyBytes += n;
    this.#buffer = this.#buffer.slice(n);
    return n;
  }

  end(): void {
    if (this.#current !== null) this.#current.closed = true;
  }
}

function parseHead(head: string, connection: number): Recorded {
  const [line = '', ...fields] = head.split('\r\n');
  const [method = '', target = ''] = line.split(' ');
  const headers = fields.map((field): [string, string] => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  });
  const all = (name: string): string[] =>
    headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  return { connection, head, method, target, headers, all, bodyBytes: 0, body: '', complete: false, closed: false };
}

/**
 * Starts an upstream that speaks raw TCP, records every byte and answers by script. Without a script a path answers
 * `200 ok`. It reads leniently on purpose: what it records is what a lenient app would have believed.
 */
export async function startUpstream(): Promise<RecordingUpstream> {
  const behaviours = new Map<string, Behaviour>();
  const requests: Recorded[] = [];
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const begin = (socket: Socket, request: Recorded): void => {
    requests.push(request);
    socket.once('close', () => {
      request.closed = true;
    });
    const path = request.target.split('?')[0] ?? '';
    (behaviours.get(path) ?? behaviours.get('*') ?? answer())(socket, request);
  };
  const server = createServer((socket) => {
    const index = received.push('') - 1;
    const connection = new Connection();
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.setMaxListeners(0);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      connection.end();
    });
    socket.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1');
      if ((received[index]?.length ?? 0) < 1 << 20) received[index] += text;
      connection.feed(text, index, (request) => begin(socket, request));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    requests,
    get hits() {
      return requests.length;
    },
    get connections() {
      return received.length;
    },
    bytes: received,
    on: (path, behaviour) => void behaviours.set(path, behaviour),
    clear() {
      requests.length = 0;
      for (let i = 0; i < received.length; i += 1) received[i] = '';
    },
    silent(message = 'nothing may reach the upstream') {
      assert.deepEqual(
        requests.map((request) => request.head),
        [],
        message,
      );
      assert.equal(received.join(''), '', message);
    },
    async until(test, ms = 2000) {
      const end = performance.now() + ms;
      while (!test()) {
        if (performance.now() > end) throw new Error('what was waited for at the upstream did not happen');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
