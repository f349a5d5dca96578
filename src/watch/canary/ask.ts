import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** What came back on a connection, and how it ended. */
export interface Back {
  /** One character for one byte, up to 256 KiB. */
  readonly text: string;
  readonly ended: 'closed' | 'late';
}

const CONNECT_MS = 5000;
/** Time for the whole of an answer, and time after its last byte in which another one comes. */
const ANSWER_MS = 8000;
const QUIET_MS = 250;
const MOST_BYTES = 256 * 1024;

/** A connection to an origin, as anybody makes it: whatever certificate is shown is taken, since the answer is judged by its mark. */
function reach(origin: string): Promise<Socket> {
  const { protocol, hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  const tls = protocol === 'https:';
  return new Promise((resolve, reject) => {
    const to = { host, port: port === '' ? (tls ? 443 : 80) : Number(port) };
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = tls
      ? connectTls({ ...to, ...name, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
      : connectPlain(to);
    const late = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no connection to ${origin} in ${CONNECT_MS / 1000} s`));
    }, CONNECT_MS);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(late);
      resolve(socket);
    });
    socket.on('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
  });
}

/**
 * Sends bytes and gathers what comes back, until the other side closes, or has been quiet for a moment after it said something. Rejects when
 * there is no connection. `waitMs`: for the whole of it.
 */
export async function send(origin: string, bytes: string, waitMs = ANSWER_MS): Promise<Back> {
  const socket = await reach(origin);
  return new Promise((resolve) => {
    let text = '';
    let quiet: NodeJS.Timeout | undefined;
    const end = (ended: Back['ended']): void => {
      clearTimeout(late);
      clearTimeout(quiet);
      socket.destroy();
      resolve({ text, ended });
    };
    const late = setTimeout(() => end('late'), waitMs);
    socket.on('data', (chunk: Buffer) => {
      if (text.length < MOST_BYTES) text += chunk.toString('latin1');
      clearTimeout(quiet);
      quiet = setTimeout(() => end('closed'), QUIET_MS);
    });
    for (const over of ['end', 'error', 'close'] as const) socket.once(over, () => end('closed'));
    socket.write(Buffer.from(bytes, 'latin1'));
  });
}
