import { request as ask, type IncomingMessage } from 'node:http';
import { request as askTls } from 'node:https';
import { isIP } from 'node:net';

export interface StrangerAnswer {
  readonly status: number;
  readonly all: (name: string) => readonly string[];
}

/** What came of a question: an answer of HTTP, or why there is none. */
export type Heard = { readonly answer: StrangerAnswer } | { readonly none: string };

export interface Question {
  /** Where: an http or https origin. */
  readonly origin: string;
  /** Host that is asked for, with its port. */
  readonly host: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const CONNECT_MS = 4000;
const WHOLE_MS = 15_000;

function heard(message: IncomingMessage): Heard {
  const { rawHeaders } = message;
  const all = (name: string) =>
    rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name.toLowerCase());
  return { answer: { status: message.statusCode ?? 0, all } };
}

/**
 * Asks as a stranger does who has heard of an address: whatever certificate is shown is taken, since whoever wants in takes it too. The
 * body is not read, redirects are not followed, and nothing is asked but this address.
 */
export function askStranger({ origin, host, target, headers = {} }: Question): Promise<Heard> {
  return new Promise((resolve) => {
    const url = new URL(origin);
    const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    const tls = url.protocol === 'https:';
    const options = {
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (tls ? 443 : 80) : Number(url.port),
      path: target,
      headers: { Host: host, Accept: '*/*', 'User-Agent': 'sallyport origin check', ...headers },
      agent: false,
      setDefaultHeaders: false,
      ...(tls ? { rejectUnauthorized: false, servername: isIP(name) === 0 ? name : '' } : {}),
    } as const;
    const asked = (tls ? askTls : ask)(options);
    const end = (what: Heard): void => {
      clearTimeout(late);
      clearTimeout(whole);
      asked.destroy();
      resolve(what);
    };
    const late = setTimeout(() => end({ none: `no connection in ${CONNECT_MS / 1000} s` }), CONNECT_MS);
    const whole = setTimeout(() => end({ none: `no answer in ${WHOLE_MS / 1000} s` }), WHOLE_MS);
    // A server that speaks no TLS says nothing to a handshake.
    const ready = tls ? 'secureConnect' : 'connect';
    asked.once('socket', (socket) => socket.once(ready, () => clearTimeout(late)));
    asked.once('response', (message) => end(heard(message)));
    asked.once('upgrade', (message, socket) => {
      socket.destroy();
      end(heard(message));
    });
    asked.on('error', (error: NodeJS.ErrnoException) => end({ none: error.code ?? error.message }));
    asked.end();
  });
}
