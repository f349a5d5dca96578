import type { ServerResponse } from 'node:http';

/** A body that is made while it is sent. */
export interface Pieces {
  /** The next piece; null at the end. Rejects where it breaks off. */
  next(): Promise<Buffer | null>;
  /** Ends the making at once, wherever it is. Any number of times. */
  stop(): void;
}

/** How long a receiver may take nothing, ms. */
const STALLED_MS = 60_000;

/** Resolves when more can be sent, or nothing any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const stalled = setTimeout(() => response.destroy(), STALLED_MS).unref();
    const over = () => {
      clearTimeout(stalled);
      response.off('drain', over).off('close', over);
      resolve();
    };
    response.once('drain', over).once('close', over);
  });
}

/**
 * Sends a body as fast as its receiver takes it, and ends its making when the receiver is gone, or takes nothing for a minute. Where it breaks
 * off, so does the connection: nobody takes a part of it for the whole. Never rejects.
 */
export async function pour(response: ServerResponse, pieces: Pieces): Promise<void> {
  response.once('close', () => pieces.stop());
  try {
    for (let piece = await pieces.next(); piece !== null; piece = await pieces.next()) {
      if (response.destroyed) return;
      if (!response.write(piece)) await drained(response);
    }
    response.end();
  } catch {
    response.destroy();
  } finally {
    pieces.stop();
  }
}
