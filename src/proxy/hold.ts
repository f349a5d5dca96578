import type { Duplex } from 'node:stream';

/**
 * Keeps all that is written to a stream from going out, its end as well: Node sends what is corked as soon as somebody ends the
 * stream, as a pipe does when its other side is over. Writers are told that it is full, as ever. Gives what lets it go on;
 * a stream that is destroyed instead drops what it has.
 */
export function hold(stream: Duplex): () => void {
  const { end } = stream;
  let ended = false;
  stream.cork();
  stream.end = () => {
    ended = true;
    return stream;
  };
  return () => {
    stream.end = end;
    stream.uncork();
    if (ended) stream.end();
  };
}
