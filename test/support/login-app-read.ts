import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { Recorded } from './upstream.ts';

/** What an app may read a name and a password from, however it was sent. */
export type Fields = ReadonlyMap<string, string>;

/** EBCDIC 037, of letters, digits and what a form needs (Tomcat takes any charset of Java). */
const CP037: Readonly<Record<number, string>> = (() => {
  const table: Record<number, string> = { 126: '=', 80: '&', 90: '!', 75: '.', 109: '_', 96: '-', 124: '@' };
  const run = (from: number, letters: string): void => {
    for (const [i, letter] of [...letters].entries()) table[from + i] = letter;
  };
  for (const [from, letters] of [
    [0x81, 'abcdefghi'],
    [0x91, 'jklmnopqr'],
    [0xa2, 'stuvwxyz'],
    [0xc1, 'ABCDEFGHI'],
    [0xd1, 'JKLMNOPQR'],
    [0xe2, 'STUVWXYZ'],
    [0xf0, '0123456789'],
  ] as const)
    run(from, letters);
  return table;
})();

/** Text as bytes of EBCDIC 037, for those who attack. */
export function toCp037(text: string): Buffer {
  const bytes = new Map(Object.entries(CP037).map(([byte, letter]) => [letter, Number(byte)]));
  return Buffer.from([...text].map((letter) => bytes.get(letter) ?? 0x6f));
}

function unpacked(bytes: Buffer, encoding: string): Buffer {
  try {
    if (/gzip/i.test(encoding)) return gunzipSync(bytes);
    if (/deflate/i.test(encoding)) return inflateSync(bytes);
    if (/br/i.test(encoding)) return brotliDecompressSync(bytes);
  } catch {}
  return bytes;
}

function decoded(bytes: Buffer, charset: string): string {
  if (/037|1140/.test(charset)) return [...bytes].map((byte) => CP037[byte] ?? '?').join('');
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

function percent(text: string, charset: string): string {
  const bytes = Buffer.from(
    text
      .replaceAll('+', ' ')
      .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  return /037|1140/.test(charset)
    ? decoded(bytes, charset)
    : bytes.toString('utf8').includes('\ufffd')
      ? bytes.toString('latin1')
      : bytes.toString('utf8');
}

function pairs(text: string, charset: string): [string, string][] {
  return text
    .split(/[&;]/)
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      const [name, value] = at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
      return [percent(name, charset), percent(value, charset)];
    });
}

/** PHP: what a field's name becomes. */
export function phpName(name: string): string {
  const bare = name.replace(/^ +/, '').split('\0')[0] ?? '';
  return bare.replace(/\[.*$/s, '').replace(/[. ]/g, '_');
}

const last = (list: readonly [string, string][]): Fields => new Map(list);
const first = (list: readonly [string, string][]): Fields => new Map([...list].reverse());
const joined = (list: readonly [string, string][]): Fields => {
  const all = new Map<string, string>();
  for (const [name, value] of list) all.set(name, all.has(name) ? `${all.get(name)},${value}` : value);
  return all;
};

function multipart(body: string, type: string): [string, string][] {
  const boundary = /boundary="?([^";]+)/i.exec(type)?.[1] ?? /^--([^\r\n]+)/.exec(body)?.[1];
  if (boundary === undefined) return [];
  return body.split(`--${boundary}`).flatMap((part): [string, string][] => {
    const name = /name="?([^";\r\n]+)/i.exec(part)?.[1];
    const at = part.indexOf('\r\n\r\n');
    return name === undefined || at === -1 ? [] : [[name, part.slice(at + 4).replace(/\r\n$/, '')]];
  });
}

/** JSON with the last of equal names, and lists by their last entry; XML by the names of its elements, first and last. */
function structured(body: string): Fields[] {
  const all: Fields[] = [];
  try {
    const value: unknown = JSON.parse(body);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one !== 'object' || one === null) continue;
      all.push(new Map(Object.entries(one).map(([name, v]) => [name, String(Array.isArray(v) ? v.at(-1) : v)])));
    }
  } catch {}
  const elements = [...body.matchAll(/<(?:\w+:)?(\w+)[^>]*>([^<]*)<\//g)].map(([, n, v]): [string, string] => [
    n ?? '',
    v ?? '',
  ]);
  if (elements.length > 0) all.push(last(elements), first(elements));
  const strings = [...body.matchAll(/<string>([^<]*)<\/string>/g)].map(([, value]) => value ?? '');
  if (strings.length > 1)
    all.push(
      new Map([
        ['username', strings.at(-2) ?? ''],
        ['password', strings.at(-1) ?? ''],
      ]),
    );
  return all;
}

/**
 * Every reading of a request that an app of one kind or another would make: PHP, Servlet (query beats body, first wins, any
 * charset), Django and Rails (last wins), ASP.NET (joined), apps that sniff JSON, XML or multipart whatever the type says.
 */
export function readings(request: Recorded): Fields[] {
  const type = request.all('content-type').join(',');
  const raw = unpacked(Buffer.from(request.body, 'latin1'), request.all('content-encoding').join(','));
  const query = request.target.includes('?') ? request.target.slice(request.target.indexOf('?') + 1) : '';
  const charsets = new Set([
    /charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8',
    /_charset_=([\w-]+)/.exec(request.body)?.[1] ?? 'utf-8',
    'utf-8',
  ]);
  return [...charsets].flatMap((charset) => {
    const body = decoded(raw, charset);
    const sent = [pairs(body, charset), multipart(body, type)];
    const asked = pairs(query, charset);
    const orders = [...sent, ...sent.map((list) => [...asked, ...list]), asked];
    const forms = orders.flatMap((list) => [
      last(list),
      first(list),
      joined(list),
      last(list.map(([n, v]) => [phpName(n), v])),
      last(list.map(([n, v]) => [n.toLowerCase().trim(), v])),
    ]);
    return [...forms, ...structured(body)];
  });
}

/** The field as PHP of a well-kept app reads it: the body of a form, the last of equal names. */
export function plainFields(request: Recorded): Fields {
  return last(pairs(request.body, 'utf-8'));
}

export function cookiesOf(request: Recorded): ReadonlyMap<string, string> {
  const all = request.all('cookie').join('; ').split(/; */);
  return new Map(
    all
      .filter((pair) => pair.includes('='))
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}

export function basicOf(request: Recorded): { user: string; password: string } | undefined {
  const match = /^basic +(\S+)/i.exec(request.all('authorization')[0] ?? '');
  if (match === null) return undefined;
  const text = Buffer.from(match[1] ?? '', 'base64').toString('utf8');
  const at = text.indexOf(':');
  return { user: text.slice(0, at), password: text.slice(at + 1) };
}
