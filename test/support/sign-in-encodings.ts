import { gzipSync } from 'node:zlib';

export type Pair = readonly [name: string, value: string];

/** A body, and the type that it has by itself. */
export interface Encoded {
  readonly name: string;
  readonly type: string;
  readonly body: Buffer;
  readonly coding?: string;
}

const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data; boundary=B';

/** Types that bodies are declared to be of, whatever they are; null: of none. */
export const TYPES: readonly (string | null)[] = [
  null,
  '',
  FORM,
  `${FORM}; charset=utf-16`,
  `${FORM}; charset=utf-7`,
  'application/json',
  'text/json',
  'application/xml',
  'text/xml; charset=utf-7',
  MULTIPART,
  'multipart/mixed; boundary=B',
  'text/plain',
  'application/yaml',
  'application/octet-stream',
  'image/png',
  'application/x-unheard-of',
  `text/plain, ${FORM}`,
];

const escaped = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const form = (pairs: readonly Pair[]): string =>
  new URLSearchParams(pairs.map(([n, v]): [string, string] => [n, v])).toString();
const escapedForm = (pairs: readonly Pair[]): string =>
  pairs.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&');
const json = (pairs: readonly Pair[]): string => JSON.stringify(Object.fromEntries(pairs));
const xml = (pairs: readonly Pair[], prefix = ''): string =>
  pairs.map(([name, value]) => `<${prefix}${name}>${value}</${prefix}${name}>`).join('');
const attributes = (pairs: readonly Pair[]): string =>
  `<r${pairs.map(([name, value]) => ` ${name}="${value}"`).join('')}/>`;
const part = (name: string, value: string): string =>
  `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const multipart = (pairs: readonly Pair[]): string => `${pairs.map(([n, v]) => part(n, v)).join('')}--B--\r\n`;
const utf16 = (text: string, swapped: boolean): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return swapped ? bytes.swap16() : bytes;
};
const utf7 = (text: string): string => text.replace(/[^A-Za-z0-9 /]+/g, (run) => `+${utf7Run(run)}-`);
const utf7Run = (run: string): string => Buffer.from(run, 'utf16le').swap16().toString('base64').replace(/=+$/, '');

/** Larger than any sign-in. */
const FAR = 70 * 1024;

/** Each way of writing fields, by itself. */
const PLAIN: readonly (readonly [name: string, type: string, write: (pairs: readonly Pair[]) => string])[] = [
  ['a form', FORM, form],
  ['a form in escapes', FORM, escapedForm],
  ['JSON', 'application/json', json],
  ['JSON in an object', 'application/json', (pairs) => `{"a":${json(pairs)}}`],
  ['JSON in a list', 'application/json', (pairs) => `[${json(pairs)}]`],
  ['XML', 'text/xml', (pairs) => `<?xml version="1.0"?><r>${xml(pairs)}</r>`],
  ['XML in a namespace', 'application/xml', (pairs) => `<x:r xmlns:x="urn:x"><x:a>${xml(pairs, 'x:')}</x:a></x:r>`],
  ['XML without a root', 'text/xml', (pairs) => xml(pairs)],
  ['attributes', 'application/xml', attributes],
  ['multipart', MULTIPART, multipart],
  ['lines', 'text/plain', (pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('\r\n')],
  ['YAML', 'application/yaml', (pairs) => pairs.map(([name, value]) => `"${name}": "${value}"`).join('\n')],
];

/** Fields inside of a value of something else. */
const NESTED: typeof PLAIN = [
  ['JSON in a form', FORM, (pairs) => form([['data', json(pairs)]])],
  ['XML in a form', FORM, (pairs) => form([['data', `<r>${xml(pairs)}</r>`]])],
  ['JSON in a part', MULTIPART, (pairs) => multipart([['data', json(pairs)]])],
  ['XML in a part', MULTIPART, (pairs) => multipart([['data', `<r>${xml(pairs)}</r>`]])],
  ['a form in a part', MULTIPART, (pairs) => multipart([['data', `x=1&${form(pairs)}`]])],
];

const wrote = (of: typeof PLAIN, pairs: readonly Pair[]): Encoded[] =>
  of.map(([name, type, write]) => ({ name, type, body: Buffer.from(write(pairs)) }));

/** Bytes of another encoding, as they are and as they say. */
function recoded(pairs: readonly Pair[]): Encoded[] {
  return wrote(PLAIN, pairs).flatMap(({ name, type, body }): Encoded[] => {
    const text = body.toString();
    const recode = (how: string, bytes: Buffer, coding?: string): Encoded => ({
      name: `${name}, ${how}`,
      type,
      body: bytes,
      ...(coding === undefined ? {} : { coding }),
    });
    return [
      recode('gzip', gzipSync(body), 'gzip'),
      recode('gzip without a word', gzipSync(body)),
      recode('UTF-16', utf16(text, false)),
      recode('UTF-16, big end first', utf16(text, true)),
      recode('UTF-7', Buffer.from(utf7(text))),
      recode('a mark of order', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body])),
      recode('far behind', Buffer.concat([Buffer.alloc(FAR, ' '), body])),
      recode('far before the end', Buffer.concat([body, Buffer.alloc(FAR, ' ')])),
    ];
  });
}

/** A sign-in with these fields, in every encoding, each by its own type. */
export function encodings(pairs: readonly Pair[]): { plain: Encoded[]; nested: Encoded[]; recoded: Encoded[] } {
  return { plain: wrote(PLAIN, pairs), nested: wrote(NESTED, pairs), recoded: recoded(pairs) };
}
