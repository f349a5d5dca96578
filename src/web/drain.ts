import type { Listener } from './listener.ts';

/**
 * Takes no new connections, lets requests in flight end within `graceMs`, then closes what is left. `cutTunnels` ends
 * upgraded sockets, which would otherwise never end by themselves.
 */
export async function drain(listener: Listener, graceMs: number, cutTunnels: () => void): Promise<void> {
  if (!listener.listening) return;
  const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
  listener.closeIdleConnections();
  const half = setTimeout(cutTunnels, Math.floor(graceMs / 2));
  const idle = setInterval(() => listener.closeIdleConnections(), 100);
  const end = setTimeout(() => {
    cutTunnels();
    listener.closeAllConnections();
  }, graceMs);
  await closed;
  for (const timer of [half, end]) clearTimeout(timer);
  clearInterval(idle);
}
