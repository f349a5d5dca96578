import { gzipSync } from 'node:zlib';
import type { Ask } from './client.ts';
import type { Account } from './product.ts';

const retyped = (ask: Ask, type: string, body: string | Buffer, more: Ask['headers'] = []): Ask => ({
  ...ask,
  headers: [['Content-Type', type], ...(more ?? [])],
  body,
});

/** UTF-16 with its mark, as some readers guess by. */
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

/**
 * Sign-ins by JSON of which some reader or other takes `mine` and another one `other`, whose password they carry: keys twice, in
 * other spellings, in values of other kinds, and as what no parser should take. Made of a good one of `mine`.
 */
export function jsonDecoys(
  good: Ask,
  { account, secret }: { readonly account: string; readonly secret: string },
  mine: Account,
  other: Account,
): Ask[] {
  const rest = JSON.parse(String(good.body)) as Record<string, unknown>;
  const { [account]: _, [secret]: __, ...more } = rest;
  const pairs = Object.entries({ ...more, [secret]: other.password }).map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  const [decoy, real] = [`"${account}":"${mine.name}"`, `"${account}":"${other.name}"`];
  const text = (...members: readonly string[]): string => `{${[...pairs, ...members].join()}}`;
  const escaped = [...account].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  const alike = (name: string): string => text(decoy, `"${name}":"${other.name}"`);
  const bodies = [
    text(decoy, real),
    text(real, decoy),
    alike(escaped),
    alike(account.toUpperCase()),
    alike(account.toLowerCase()),
    alike(` ${account}`),
    alike(`${account}\\u0000`),
    alike(`${account}[]`),
    text(`"${account}":["${other.name}"]`),
    text(decoy, `"x":{${real}}`),
    text(`"${account}":{"a":"${other.name}"}`),
    text(`"${account}":"${other.name}\\u0000"`),
    `[${text(real)}]`,
    `${text(decoy)}${text(real)}`,
    `${text(decoy)}\n${text(real)}`,
    `${text(real)} x`,
    `/* ${text(decoy)} */ ${text(real)}`,
    text(real).replaceAll('"', "'"),
    text(decoy, `${account}:"${other.name}"`),
    `\ufeff${text(decoy, real)}`,
    `)]}',\n${text(real)}`,
  ].map((body) => ({ ...good, body }));
  const form = new URLSearchParams({ [account]: other.name, [secret]: other.password }).toString();
  return [
    ...bodies,
    { ...good, target: `${good.target}?${form}`, body: text(decoy) },
    ...[
      'text/plain',
      'text/json',
      'x/y',
      'multipart/form-data; boundary=x',
      'application/json, text/plain',
      'application/xml',
    ].map((type) => retyped(good, type, text(real))),
    ...['utf-16', 'utf-7', 'ibm037'].map((charset) =>
      retyped(good, `application/json; charset=${charset}`, text(real)),
    ),
    retyped(good, 'application/json', utf16(text(real))),
    retyped(good, 'application/json', gzipSync(text(real)), [['Content-Encoding', 'gzip']]),
    retyped(good, 'application/json', text(real), [['Content-Type', 'text/plain']]),
    retyped(good, 'application/x-www-form-urlencoded', form),
    { ...good, headers: [], body: text(real) },
    ...['PUT', 'PATCH', 'GET', 'REPORT'].map((method) => ({ ...good, method, body: text(real) })),
  ];
}
