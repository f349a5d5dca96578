import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Ends a socket so that nothing queued behind it is delivered any more: a reset discards what the kernel holds, where a
 * plain close would go on sending megabytes to a slow reader. A TLS socket cannot be reset and is destroyed.
 */
export function cut(socket: Duplex): void {
  try {
    if (socket instanceof Socket && !('encrypted' in socket) && !socket.destroyed) socket.resetAndDestroy();
    else socket.destroy();
  } catch {
    socket.destroy();
  }
}
