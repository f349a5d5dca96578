import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';
import { afterEach, test } from 'node:test';
import type { SallyportError } from '../../../../src/errors.ts';
import type { Connection } from '../../../../src/proxy/http1/connection.ts';
import { dialTo } from '../../../../src/proxy/http1/dial.ts';
import type { AnswerHead } from '../../../../src/proxy/http1/fields.ts';
import type { Control, Outgoing } from '../../../../src/proxy/http1/types.ts';
import { Lanes, type OutboundRequest } from '../../../../src/proxy/lanes.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

/** An app that does `answer` with each connection's bytes; `seen`: all that arrived, by connection. */
async function startApp(answer: (socket: Socket, text: string, connection: number) => void) {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    const connection = seen.push('') - 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      seen[connection] += bytes.toString('latin1');
      answer(socket, seen[connection] ?? '', connection);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const lanes = new Lanes({
    dial: dialTo({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, servername: undefined }), // TCP
    connectMs: 5000,
    most: 2,
    exclusive: false,
    kept: true,
  });
  ending.push(() => {
    lanes.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { lanes, seen, sockets };
}

class Person implements OutboundRequest {
  ended = false;
  lane: Connection | null = null;
  control: Control | null = null;
  head: AnswerHead | null = null;
  body = '';
  error: (Error & { readonly code?: string }) | null = null;
  sent = false;
  readonly over: Promise<void>;
  #settle: () => void = () => {};

  constructor() {
    this.over = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  refuse(error: SallyportError): void {
    this.onResponseError(error);
  }
  onRequestStart(control: Control): void {
    this.control = control;
  }
  onRequestSent(): void {
    this.sent = true;
  }
  onResponseStart(_control: Control, head: AnswerHead): void {
    if (head.status >= 200) this.head = head;
  }
  onResponseData(_control: Control, bytes: Buffer): void {
    this.body += bytes.toString('latin1');
  }
  onResponseEnd(): void {
    this.ended = true;
    this.#settle();
  }
  onResponseError(error: Error): void {
    this.error = error;
    this.ended = true;
    this.#settle();
  }
}

function asked(method = 'GET', body: Readable | Buffer | null = null, more: readonly string[] = []): Outgoing {
  return { method, path: '/x?y', headers: ['Host', 'app.test', 'X-One', 'a', ...more], body };
}

function send(lanes: Lanes, outgoing: Outgoing): Person {
  const person = new Person();
  lanes.dispatch('', outgoing, person);
  return person;
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const whole = (text: string): boolean => text.endsWith('\r\n\r\n');

test('one connection serves one request after another, each written in one piece', async () => {
  const app = await startApp((socket, text) => {
    if (whole(text)) socket.write(OK);
  });
  for (let i = 0; i < 5; i += 1) {
    const person = send(app.lanes, asked());
    await person.over;
    assert.deepEqual([person.error, person.head?.status, person.body, person.sent], [null, 200, 'ok', true]);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  }
  const once = 'GET /x?y HTTP/1.1\r\nHost: app.test\r\nConnection: keep-alive\r\nX-One: a\r\n\r\n';
  assert.deepEqual(app.seen, [once.repeat(5)]);
});

test('what an app says unasked closes its idle connection and answers nobody', async () => {
  const app = await startApp((socket, text, connection) => {
    if (!whole(text)) return;
    socket.write(OK);
    if (connection === 0) setImmediate(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON'));
  });
  await send(app.lanes, asked()).over;
  const [socket] = app.sockets;
  if (socket !== undefined) await once(socket, 'close');
  const next = send(app.lanes, asked());
  await next.over;
  assert.deepEqual([next.body, app.seen.length], ['ok', 2]);
});

test('a request of any method that was not begun goes by another connection when its own is closed', async () => {
  const app = await startApp((socket, text) => {
    if (whole(text) || text.includes('hello')) socket.write(OK);
  });
  await send(app.lanes, asked()).over;
  const [idle] = app.sockets;
  await new Promise((resolve) => setTimeout(resolve, 20));
  // In one turn, so that the end is there to be seen and was not yet when the connection was chosen.
  const second = await new Promise<Person>((resolve) => {
    setImmediate(() => {
      idle?.destroy();
      resolve(send(app.lanes, asked('POST', Buffer.from('hello'))));
    });
  });
  await second.over;
  assert.deepEqual([second.error, second.body], [null, 'ok']);
  assert.deepEqual(
    app.seen.map((text) => text.includes('hello')),
    [false, true],
  );
});

test('a streamed body goes out as it was announced, or in chunks', async () => {
  const app = await startApp((socket, text) => {
    if (text.endsWith('world') || text.endsWith('0\r\n\r\n')) socket.write(OK);
  });
  for (const more of [['Content-Length', '11'], []]) {
    const body = new PassThrough();
    const person = send(app.lanes, asked('POST', body, more));
    body.write('hello ');
    setImmediate(() => body.end('world'));
    await person.over;
    assert.deepEqual([person.error, person.sent], [null, true]);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  }
  const [fixed = '', chunked = ''] = app.seen.join('').split('POST ').slice(1);
  assert.match(fixed, /\r\nContent-Length: 11\r\n\r\nhello world$/);
  assert.match(chunked, /\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n$/);
});

test('a body of another length than was announced is never a whole request', async () => {
  const app = await startApp(() => {});
  for (const text of ['short', 'much too long']) {
    const body = new PassThrough();
    const person = send(app.lanes, asked('POST', body, ['Content-Length', '10']));
    body.end(text);
    await person.over;
    assert.equal(person.error?.code, 'bad-headers');
    assert.equal(body.destroyed, true);
  }
  for (const text of app.seen) assert.ok((text.split('\r\n\r\n')[1] ?? '').length < 10, text);
});

test('an answer that comes before its request is over ends the sending, and the connection', async () => {
  const app = await startApp((socket, text) => {
    if (text.includes('hello')) socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno');
  });
  const body = new PassThrough();
  const person = send(app.lanes, asked('POST', body, ['Content-Length', '1000']));
  body.write('hello');
  await person.over;
  assert.deepEqual([person.error, person.head?.status, person.body], [null, 413, 'no']);
  assert.equal(body.destroyed, true);
  const next = send(app.lanes, asked('POST', Buffer.from('hello')));
  await next.over;
  assert.equal(app.seen.length, 2);
});

test('an answer can be stopped and goes on where it was', async () => {
  const size = 4 * 1024 * 1024;
  const app = await startApp((socket, text) => {
    if (whole(text)) socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`);
  });
  const person = send(app.lanes, asked());
  const arrived = new Promise<void>((resolve) => {
    person.onResponseData = (control, bytes) => {
      person.body += bytes.toString('latin1');
      control.pause();
      resolve();
    };
  });
  await arrived;
  const before = person.body.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(person.body.length, before);
  assert.ok(before < size);
  person.onResponseData = (_control, bytes) => {
    person.body += bytes.toString('latin1');
  };
  person.control?.resume();
  await person.over;
  assert.equal(person.body.length, size);
});

test('who gives up closes the connection and is told nothing more', async () => {
  const app = await startApp(() => {});
  const person = send(app.lanes, asked());
  while (person.control === null) await new Promise((resolve) => setImmediate(resolve));
  const [socket] = await Promise.all([app.sockets.values().next().value ?? new Promise<Socket>(() => {})]);
  person.control.abort(new Error('gone'));
  await once(socket, 'close');
  assert.equal(person.error, null);
});

test('how an exchange can break is told apart', async () => {
  const app = await startApp((socket, text) => {
    if (text.includes('/junk')) socket.write('SSH-2.0-x\r\n');
    else if (text.includes('/cut')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab');
    else if (text.includes('/none')) socket.end();
    else socket.resetAndDestroy();
  });
  const codes: Record<string, string | undefined> = {};
  for (const path of ['/junk', '/cut', '/none', '/reset']) {
    const person = send(app.lanes, { ...asked(), path });
    await person.over;
    codes[path] = person.error?.code;
  }
  assert.deepEqual(codes, {
    '/junk': 'upstream-invalid',
    '/cut': 'BROKEN_OFF',
    '/none': 'BROKEN_OFF',
    '/reset': 'ECONNRESET',
  });
});

test('nothing that cannot be sent as one field each leaves', async () => {
  const app = await startApp(() => {});
  const heads: readonly string[][] = [
    ['X', 'a\r\nY: b'],
    ['X', 'a\nb'],
    ['X', 'a\0'],
    ['X', '\u0100'],
    ['X Y', 'a'],
    ['X:', 'a'],
    ['', 'a'],
    ['Host', 'other.test'],
    ['Content-Length', '1'],
    ['Content-Length', '0, 0'],
    ['Transfer-Encoding', 'chunked'],
    ['connection', 'x'],
    ['Expect', '100-continue'],
  ];
  const paths = ['', 'a b', '/\r\n', '/\u0100'].map((path) => ({ ...asked(), path }));
  const methods = ['', 'G T', 'GET\r\n'].map((method) => ({ ...asked(), method }));
  for (const outgoing of [...heads.map((more) => asked('GET', null, more)), ...paths, ...methods]) {
    const person = send(app.lanes, outgoing);
    await person.over;
    assert.equal(person.error?.code, 'bad-headers', JSON.stringify(outgoing));
  }
  assert.deepEqual(app.seen, []);
});

test('the connection of a request whose end the app may mistake is closed', async () => {
  const app = await startApp((socket, text) => {
    if (whole(text) || text.endsWith('hello')) socket.write(text.startsWith('HEAD') ? OK.slice(0, -2) : OK);
  });
  for (const outgoing of [asked('HEAD'), asked('DELETE', Buffer.from('hello')), asked('GET', Buffer.from('hello'))])
    await send(app.lanes, outgoing).over;
  assert.equal(app.seen.length, 3);
  for (const text of app.seen) assert.match(text, /\r\nConnection: close\r\n/);
});

test('where all connections are busy a request waits, and may leave', async () => {
  const held: Socket[] = [];
  const app = await startApp((socket, text) => {
    if (whole(text)) held.push(socket);
  });
  const [first, , third, fourth] = Array.from({ length: 4 }, () => send(app.lanes, asked()));
  while (held.length < 2) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([third?.control, fourth?.control], [null, null]);
  if (third !== undefined) app.lanes.leave(third);
  held[0]?.write(OK);
  await first?.over;
  while (held.length < 3) await new Promise((resolve) => setImmediate(resolve));
  held[0]?.write(OK);
  await fourth?.over;
  assert.deepEqual([third?.control, fourth?.body, app.seen.length], [null, 'ok', 2]);
});
