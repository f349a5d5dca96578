import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** Names of the fields that an app takes a name and a password from. */
export interface SniffedFields {
  readonly account: string;
  readonly secrets: readonly string[];
}

/** What was found in a body, by every reader there is. */
export interface Sniffed {
  readonly names: ReadonlySet<string>;
  readonly passwords: ReadonlySet<string>;
}

function unpacked(bytes: Buffer): Buffer[] {
  return [gunzipSync, inflateSync, brotliDecompressSync].flatMap((unpack) => {
    try {
      return [unpack(bytes)];
    } catch {
      return [];
    }
  });
}

/** RFC 2152, without a look at what should stand directly. */
function utf7(text: string): string {
  return text.replace(/\+([A-Za-z0-9/]+)-?/g, (_, run: string) =>
    new TextDecoder('utf-16be').decode(Buffer.from(run, 'base64')),
  );
}

function texts(bytes: Buffer): string[] {
  const plain = [bytes, ...unpacked(bytes)].flatMap((each) => [
    each.toString('utf8'),
    new TextDecoder('utf-16le').decode(each),
    new TextDecoder('utf-16be').decode(each),
  ]);
  const all = plain.flatMap((text) => [text, utf7(text)]);
  const unescaped = (text: string): string =>
    text.replaceAll('+', ' ').replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const references = (text: string): string =>
    text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const once = all.flatMap((text) => [text, unescaped(text), references(text), text.replaceAll('\\"', '"')]);
  return [...new Set(once.flatMap((text) => [text, unescaped(text)]))];
}

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Values of a field, wherever they stand in a text and whatever stands around them. */
function valuesIn(text: string, field: string): string[] {
  const name = field.startsWith('*') ? `[\\w$]*${quoted(field.slice(1))}` : quoted(field);
  const forms = [
    `(?:^|[&;\\r\\n?"'{,> \ufeff])${name}=([^&;\\r\\n"'<}]*)`,
    `${name}["']?[ \\t]*:[ \\t]*["']?([^"',}\\r\\n<]*)`,
    `<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^<]*)<`,
    `[\\s]${name}\\s*=\\s*["']([^"']*)`,
    `name="?${name}"?[^\\r\\n]*\\r\\n(?:[^\\r\\n]+\\r\\n)*\\r\\n([^\\r\\n]*)`,
  ];
  return forms.flatMap((form) => [...text.matchAll(new RegExp(form, 'gi'))].map(([, value = '']) => value.trim()));
}

/** What the laxest app there could be takes from a body, whatever its type says. */
export function sniff(bytes: Buffer, { account, secrets }: SniffedFields): Sniffed {
  const all = texts(bytes);
  const of = (field: string): string[] => all.flatMap((text) => valuesIn(text, field));
  return { names: new Set(of(account)), passwords: new Set(secrets.flatMap(of)) };
}

/** An app that takes names and passwords from any body, and keeps what it has seen for the next request. */
export interface SniffingApp {
  readonly origin: string;
  /** Requests that arrived whole. */
  readonly count: number;
  /** What it has seen since it was told what to look for. */
  readonly names: ReadonlySet<string>;
  readonly passwords: ReadonlySet<string>;
  look(fields: SniffedFields): void;
  close(): Promise<void>;
}

export async function startSniffingApp(): Promise<SniffingApp> {
  let fields: SniffedFields = { account: '', secrets: [] };
  const seen = { count: 0, names: new Set<string>(), passwords: new Set<string>() };
  const server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('error', () => undefined);
    request.on('end', () => {
      const query = Buffer.from(request.url?.split('?')[1] ?? '');
      seen.count += 1;
      for (const { names, passwords } of [sniff(Buffer.concat(pieces), fields), sniff(query, fields)]) {
        for (const name of names) seen.names.add(name);
        for (const password of passwords) seen.passwords.add(password);
      }
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  return {
    origin: `http://127.0.0.1:${port}`,
    get count() {
      return seen.count;
    },
    get names() {
      return seen.names;
    },
    get passwords() {
      return seen.passwords;
    },
    look(next) {
      fields = next;
      seen.count = 0;
      seen.names.clear();
      seen.passwords.clear();
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
