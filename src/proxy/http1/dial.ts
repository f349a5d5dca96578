import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Called with the bytes that have come, which are good until it returns. */
export type OnBytes = (length: number, bytes: Buffer) => void;

/** Begins a connection to one app. The socket says `connect` or `secureConnect` when it may be used. */
export interface Dial {
  readonly ready: 'connect' | 'secureConnect';
  open(onBytes: OnBytes): Socket;
}

export interface Where {
  /** http or https origin. */
  readonly origin: string;
  /** Name that the certificate must have; undefined for an address, which it must have then (RFC 6066 §3). */
  readonly servername: string | undefined;
  /** PEM text of the authority; left out: those that Node trusts. */
  readonly ca?: string;
}

/** Bytes read at one time. */
const READ = 128 * 1024;

/**
 * All sockets read into one buffer, and what is read is dealt with before the next reads: a buffer for each read would be most of what
 * a small answer costs. On Windows reads are begun before there is anything to read, so that each socket has its own.
 */
const shared = Buffer.allocUnsafeSlow(READ);
const buffer = process.platform === 'win32' ? () => Buffer.allocUnsafeSlow(READ) : () => shared;

const KEEP_ALIVE_MS = 60_000;

export function dialTo({ origin, servername, ca }: Where): Dial {
  const url = new URL(origin);
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (secure ? 443 : 80);
  let session: Buffer | undefined;
  const options = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
  const trust = {
    ALPNProtocols: ['http/1.1'],
    ...(servername === undefined ? {} : { servername }),
    ...(ca === undefined ? {} : { ca }),
  };
  return {
    ready: secure ? 'secureConnect' : 'connect',
    open(onBytes) {
      const onread = {
        buffer: buffer(),
        callback: (length: number, bytes: Uint8Array): boolean => {
          onBytes(length, bytes as Buffer); // it is the buffer that was given
          return true;
        },
      };
      if (!secure) return connectPlain({ ...options, onread });
      // Its type leaves out onread, which a TLS socket takes as any other does.
      const known = session === undefined ? {} : { session };
      const settings = { ...options, ...trust, ...known, onread };
      const socket = connectTls(settings);
      socket.on('session', (fresh) => {
        session = fresh;
      });
      return socket;
    },
  };
}
