import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { localhostCert, localhostKey } from './localhost-tls.ts';

export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came over the wire. */
  readonly raw: string;
  /** By name in lower case, unfolded; a header that came twice is joined by a line end. */
  readonly headers: ReadonlyMap<string, string>;
  /** The text, decoded. */
  readonly body: string;
  readonly secure: boolean;
  readonly user: string | null;
  /** What the client called itself. */
  readonly client: string;
}

export interface SmtpServer {
  readonly port: number;
  readonly received: Received[];
  /** Recipients that were asked for, also those that were refused. */
  readonly asked: string[];
  close(): Promise<void>;
}

export interface SmtpOptions {
  readonly port?: number;
  readonly tls?: 'implicit' | 'starttls' | 'none';
  readonly auth?: { readonly user: string; readonly pass: string };
  /** Answer to a recipient; null: taken. */
  readonly refuse?: (recipient: string) => { readonly code: number; readonly message: string } | null;
}

/** RFC 2047 encoded words, as one writer of them writes them. */
function decodedWords(value: string): string {
  return value
    .replace(/(=\?[^?]+\?[QB]\?[^?]*\?=)\s+(?==\?)/gi, '$1')
    .replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_all, kind: string, coded: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(coded, 'base64').toString('latin1')
        : unquoted(coded.replaceAll('_', ' ')),
    );
}

/** Bytes as latin1 text: a character may be parted between two encoded words. */
function unquoted(coded: string): string {
  return coded
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

const utf8 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');
const unix = (text: string): string => text.replaceAll('\r\n', '\n');

export function parseMessage(raw: string): Pick<Received, 'headers' | 'body'> {
  const end = raw.indexOf('\r\n\r\n');
  const headers = new Map<string, string>();
  for (const line of raw
    .slice(0, end)
    .replace(/\r\n[ \t]/g, ' ')
    .split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = decodedWords(line.slice(colon + 1).trim());
    const shown = value === line.slice(colon + 1).trim() ? value : utf8(value);
    headers.set(name, headers.has(name) ? `${headers.get(name)}\n${shown}` : shown);
  }
  const coded = raw.slice(end + 4);
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase();
  if (encoding === 'base64') return { headers, body: unix(Buffer.from(coded, 'base64').toString('utf8')) };
  return { headers, body: unix(encoding === 'quoted-printable' ? utf8(unquoted(coded)) : coded) };
}

function refusal({ code, message }: { code: number; message: string }): Error {
  return Object.assign(new Error(message), { responseCode: code });
}

/** A real mail server on loopback that keeps what it is given. Its certificate is for `localhost`. */
export async function startSmtp(options: SmtpOptions = {}): Promise<SmtpServer> {
  const { tls = 'none', auth, refuse } = options;
  const received: Received[] = [];
  const asked: string[] = [];
  const server = new SMTPServer({
    secure: tls === 'implicit',
    hideSTARTTLS: tls !== 'starttls',
    key: localhostKey,
    cert: localhostCert,
    disableReverseLookup: true,
    disabledCommands: auth === undefined ? ['AUTH'] : [],
    closeTimeout: 100,
    onAuth: (given, _session, done) => {
      if (given.username === auth?.user && given.password === auth?.pass) return done(null, { user: given.username });
      return done(refusal({ code: 535, message: `no entry for ${given.username}` }));
    },
    onRcptTo: (recipient, _session, done) => {
      asked.push(recipient.address);
      const answer = refuse?.(recipient.address) ?? null;
      return done(answer === null ? null : refusal(answer));
    },
    onData: (stream, session, done) => {
      text(stream).then((raw) => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw,
          ...parseMessage(raw),
          secure: session.secure,
          user: typeof session.user === 'string' ? session.user : null,
          client: session.hostNameAppearsAs || '',
        });
        done();
      }, done);
    },
  });
  // A client that goes away in the middle is what some tests are about.
  server.on('error', () => {});
  const listener = server.listen(options.port ?? 0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo; // a TCP listener has an address object
  return { port, received, asked, close: () => new Promise((resolve) => server.close(resolve)) };
}

/** A server on loopback that does what it is told with each connection; for those that hang or cut. */
export async function startBadSmtp(
  each: (socket: Socket) => void,
): Promise<{ readonly port: number; readonly connections: () => number; close(): Promise<void> }> {
  const open = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
    each(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP listener has an address object
  return {
    port,
    connections: () => connections,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
