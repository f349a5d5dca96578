import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between Sallyport and the product and counts: what it has not seen, nobody forwarded. */
export interface Relay {
  readonly port: number;
  /** Connections made to it so far. */
  readonly connections: number;
  /** Bytes sent towards the product so far. */
  readonly bytes: number;
  close(): Promise<void>;
}

export async function startRelay(productPort: number): Promise<Relay> {
  const open = new Set<Socket>();
  let connections = 0;
  let bytes = 0;
  const server = createServer((near) => {
    connections += 1;
    const far = connect(productPort, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
    near.on('data', (chunk) => {
      bytes += chunk.length;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  return {
    port,
    get connections() {
      return connections;
    },
    get bytes() {
      return bytes;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
