import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type Passed, Recorder } from './recorder.ts';

/** Stands between Sallyport and the product and writes down what passes: what it has not seen, nobody forwarded. */
export interface Relay {
  readonly port: number;
  /** Connections made to it so far. */
  readonly connections: number;
  /** Bytes sent towards the product so far. */
  readonly bytes: number;
  /** Requests so far, in order of their arrival. */
  readonly requests: readonly Passed[];
  /** Answers to such requests come late by this, ms; null: none does. */
  slow(ms: number, test: ((request: Passed) => boolean) | null): void;
  /** Breaks every connection, as a product that ends does. */
  cut(): void;
  close(): Promise<void>;
}

export async function startRelay(productPort: number): Promise<Relay> {
  const open = new Set<Socket>();
  const requests: Passed[] = [];
  let connections = 0;
  let bytes = 0;
  let late = { ms: 0, test: (_: Passed): boolean => false };
  const server = createServer((near) => {
    connections += 1;
    const far = connect(productPort, '127.0.0.1');
    let delay = 0;
    /** An answer waits to be passed on; and its sender has closed meanwhile. */
    let waiting = false;
    let closed = false;
    const recorder = new Recorder((request) => {
      requests.push(request);
      delay = late.test(request) ? late.ms : 0;
    });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        open.delete(socket);
        if (socket === far && waiting) closed = true;
        else other.destroy();
      });
    }
    near.on('data', (chunk) => {
      bytes += chunk.length;
      recorder.feed(chunk);
    });
    near.pipe(far);
    far.on('data', (chunk) => {
      const write = (): boolean => near.destroyed || near.write(chunk);
      if (delay === 0) {
        if (!write()) far.pause();
        return;
      }
      far.pause();
      waiting = true;
      setTimeout(() => {
        delay = 0;
        waiting = false;
        if (write()) far.resume();
        if (closed) near.end();
      }, delay);
    });
    near.on('drain', () => far.resume());
    far.on('end', () => {
      if (waiting) closed = true;
      else near.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    port,
    get connections() {
      return connections;
    },
    get bytes() {
      return bytes;
    },
    requests,
    slow: (ms, test) => {
      late = { ms, test: test ?? (() => false) };
    },
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
