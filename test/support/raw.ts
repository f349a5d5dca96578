import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  /** Everything received, one character for one byte. */
  readonly text: string;
  /** How the other side ended: `end` a FIN, `error` a reset or fault, `deadline` not at all. */
  readonly closed: 'end' | 'error' | 'deadline';
  /** ms from sending to the end. */
  readonly ms: number;
}

export interface RawOptions {
  /** Time after which what has arrived is the answer, ms. Default 2000. */
  readonly deadlineMs?: number;
  /** Send FIN after the text. Default false. */
  readonly halfClose?: boolean;
  /** Stop as soon as the received text satisfies this. */
  readonly until?: (text: string) => boolean;
}

/** Sends bytes over a plain socket, as no client library would, and collects what comes back. */
export function raw(port: number, bytes: string | Buffer, options: RawOptions = {}): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const start = performance.now();
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    const finish = (closed: RawAnswer['closed']): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, closed, ms: performance.now() - start });
    };
    const timer = setTimeout(() => finish('deadline'), options.deadlineMs ?? 2000);
    socket.on('connect', () => {
      socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
      if (options.halfClose) socket.end();
    });
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (options.until?.(text)) finish('deadline');
    });
    socket.on('end', () => finish('end'));
    socket.on('error', () => finish('error'));
  });
}

/** A plain socket that is connected, with errors swallowed; the caller destroys it. */
export function rawSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => {});
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

export interface ParsedAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** First value of a header, any case, or undefined. */
  header(name: string): string | undefined;
  /** All values of a header. */
  all(name: string): string[];
  /** The body with chunks joined; what follows it is `rest`. */
  readonly body: string;
  readonly rest: string;
  /** Whether the body ended where its framing says. */
  readonly whole: boolean;
}

/** Reads the first answer of a text. `bodiless`: the request was HEAD. Throws when there is no complete head. */
export function parseAnswer(text: string, bodiless = false): ParsedAnswer {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) throw new Error(`no complete head in ${JSON.stringify(text.slice(0, 200))}`);
  const [line = '', ...fields] = text.slice(0, end).split('\r\n');
  const match = /^HTTP\/1\.[01] ([0-9]{3}) ?(.*)$/.exec(line);
  if (match === null) throw new Error(`no status line: ${line}`);
  const headers = fields.map((field): [string, string] => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  });
  const all = (name: string): string[] =>
    headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  const status = Number(match[1]);
  const none = bodiless || status === 204 || status === 304 || status < 200;
  const read = readBody(
    text.slice(end + 4),
    none ? '0' : all('content-length')[0],
    !none && all('transfer-encoding').length > 0,
  );
  return { status, reason: match[2] ?? '', headers, header: (name) => all(name)[0], all, ...read };
}

function readBody(
  text: string,
  length: string | undefined,
  chunked: boolean,
): { body: string; rest: string; whole: boolean } {
  if (!chunked && length === undefined) return { body: text, rest: '', whole: true };
  if (!chunked) {
    const n = Number(length);
    return { body: text.slice(0, n), rest: text.slice(n), whole: text.length >= n };
  }
  let at = 0;
  let body = '';
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd === -1) return { body, rest: '', whole: false };
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
    if (size === 0) return { body, rest: text.slice(at), whole: text.length >= at };
    if (at > text.length) return { body, rest: '', whole: false };
  }
}
