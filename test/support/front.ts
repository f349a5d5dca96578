import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface FrontOptions {
  readonly port: number;
  /** Port that a request is handed on to; null: it is answered by `answer`. */
  readonly to: (message: IncomingMessage) => number | null;
  readonly answer?: (message: IncomingMessage, response: ServerResponse) => void;
  /** What it says of a request that it cannot read. */
  readonly refusal?: string;
  /** Takes what is handed back instead of sending it on. */
  readonly back?: (message: IncomingMessage, from: IncomingMessage, response: ServerResponse) => void;
}

const page = 'The edge does not take this.';
/** What this front says of what it does not take. */
export const EDGE = `HTTP/1.1 400 Bad Request\r\nServer: edge\r\nContent-Type: text/plain\r\nContent-Length: ${page.length}\r\nConnection: close\r\n\r\n${page}`;

/** A server of HTTP in front of another: it reads requests, refuses what is broken in words of its own, and hands on the rest. */
export async function startFront(t: TestContext, { port, to, answer, refusal = EDGE, back }: FrontOptions) {
  const open = new Set<Socket>();
  const server = createServer({ requireHostHeader: false }, (message, response) => {
    if (message.headers.host === undefined) return void message.socket.end(refusal);
    const target = to(message);
    if (target === null) return answer?.(message, response);
    const headers = { ...message.headers, 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' };
    const { method = 'GET', url: path = '/' } = message;
    const far = request({ host: '127.0.0.1', port: target, method, path, headers, agent: false }, (from) => {
      if (back !== undefined) return back(message, from, response);
      response.writeHead(from.statusCode ?? 502, from.rawHeaders);
      from.pipe(response);
    });
    far.on('error', () => response.writeHead(502, { Server: 'edge' }).end('The edge reaches nobody.'));
    message.pipe(far);
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => {});
  });
  server.on('checkExpectation', (message: IncomingMessage) => message.socket.end(refusal));
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end(refusal);
  });
  server.on('upgrade', (message, near: Socket, ahead) => {
    const target = to(message);
    if (target === null) return near.destroy();
    const lines = [`${message.method} ${message.url} HTTP/1.1`];
    for (let i = 0; i < message.rawHeaders.length; i += 2)
      lines.push(`${message.rawHeaders[i]}: ${message.rawHeaders[i + 1]}`);
    const far = connect(target, '127.0.0.1');
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    far.write(`${lines.join('\r\n')}\r\n\r\n`);
    far.write(ahead);
    near.pipe(far).pipe(near);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
}
