import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Listener } from './listener.ts';

/** Connections that never asked anything, such as those that browsers open beforehand. */
const silent = new WeakMap<Listener, Set<Duplex>>();

/** Remembers which connections have not asked anything yet, so that a stop need not wait for them. */
export function rememberSilent(listener: Listener, encrypted: boolean): void {
  const sockets = new Set<Duplex>();
  silent.set(listener, sockets);
  listener.on(encrypted ? 'secureConnection' : 'connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const asked = (request: IncomingMessage) => sockets.delete(request.socket);
  for (const event of ['request', 'checkContinue', 'upgrade']) listener.on(event, asked);
}

/**
 * Takes no new connections, lets requests in flight end within `graceMs`, then closes what is left. `cutTunnels` ends
 * upgraded sockets, which would otherwise never end by themselves.
 */
export async function drain(listener: Listener, graceMs: number, cutTunnels: () => void): Promise<void> {
  if (!listener.listening) return;
  const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
  listener.closeIdleConnections();
  for (const socket of silent.get(listener) ?? []) socket.destroy();
  // They never end by themselves; who is told at once can be connected elsewhere before the time is up.
  cutTunnels();
  const idle = setInterval(() => listener.closeIdleConnections(), 100);
  const end = setTimeout(() => {
    cutTunnels();
    listener.closeAllConnections();
  }, graceMs);
  await closed;
  clearTimeout(end);
  clearInterval(idle);
}
