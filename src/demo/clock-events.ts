import type { ServerResponse } from 'node:http';
import type { Clock } from '../lib/clock.ts';

/** The time of the portal, once a second, as server-sent events, until the reader goes. */
export function sendClockEvents(response: ServerResponse, clock: Clock): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  const tell = (): void => {
    // A reader that does not read gets no backlog: the next second is as good as the last.
    if (response.writableLength === 0) response.write(`data: ${new Date(clock.now()).toISOString()}\n\n`);
  };
  response.write('retry: 2000\n\n');
  tell();
  const timer = setInterval(tell, 1000);
  response.once('close', () => clearInterval(timer));
}
