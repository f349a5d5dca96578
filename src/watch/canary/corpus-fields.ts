import type { AppConfig } from '../../config/types.ts';
import { INSIDE, type Maker } from './maker.ts';

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'REPORT',
  'QUERY',
  'MKCOL',
  'MOVE',
  'COPY',
  'LOCK',
  'PURGE',
  'SEARCH',
  'SUBSCRIBE',
];

const OVERRIDES = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', 'X_HTTP_Method_Override'];

const URLS = [
  'X-Original-URL',
  'X-Rewrite-URL',
  'X-Original-URI',
  'X-Forwarded-Uri',
  'X-Forwarded-Path',
  'X-Forwarded-Prefix',
  'X_Original_URL',
];

const CLIENTS = [
  'X-Forwarded-For',
  'X-Real-IP',
  'True-Client-IP',
  'CF-Connecting-IP',
  'X-Client-IP',
  'X-Cluster-Client-IP',
  'Forwarded',
  'X_Forwarded_For',
];

const NAMES = [
  'Remote-User',
  'X-Remote-User',
  'X-Forwarded-User',
  'X-Authenticated-User',
  'Sallyport-Assertion',
  'X-WEBAUTH-USER',
  'SM_USER',
  'X-SSL-Client-Verify',
  'X-MS-Client-Principal-Name',
];

/** How a name is spelt that servers take for the same one. */
const SPELLINGS = [
  (name: string) => name,
  (name: string) => name.replaceAll('-', '_'),
  (name: string) => name.toUpperCase(),
  (name: string) => name.replaceAll('-', '.'),
];

export function fields(make: Maker, open: readonly string[]): void {
  const [first = '/'] = open;
  for (const method of METHODS)
    make.add('method', { method, ...(method === 'POST' || method === 'PUT' ? { fields: ['Content-Length: 0'] } : {}) });
  for (const name of OVERRIDES)
    for (const method of ['GET', 'POST', 'OPTIONS'])
      make.add('override', { method, fields: [`${name}: GET`, 'Content-Length: 0'] });
  make.add('override', { method: 'POST', target: `${INSIDE}?_method=GET`, fields: ['Content-Length: 0'] });
  for (const name of URLS) for (const path of open) make.add('forwarded', { fields: [`${name}: ${path}`] });
  for (const name of URLS) make.add('forwarded', { target: first, fields: [`${name}: ${INSIDE}`], method: 'PUT' });
  for (const name of CLIENTS)
    for (const client of ['127.0.0.1', '::1', 'for=127.0.0.1;proto=https', 'localhost'])
      make.add('forwarded', { fields: [`${name}: ${client}`] });
  for (const name of NAMES) for (const spell of SPELLINGS) make.add('identity', { fields: [`${spell(name)}: admin`] });
  for (const list of [
    'close, Cookie',
    'close, Host',
    'close, Sallyport-Assertion',
    'close, X-Forwarded-For',
    'keep-alive, Authorization',
    'Transfer-Encoding, close',
  ])
    make.add('hop-by-hop', {
      open: true,
      fields: [`Connection: ${list}`, 'Remote-User: admin', 'TE: trailers', 'Keep-Alive: 1'],
    });
  for (const value of [
    'Basic YWRtaW46YWRtaW4=',
    'Bearer x',
    'Digest username="admin", realm="x", nonce="x", uri="/", response="x"',
    'Negotiate x',
    'NTLM TlRMTVNTUAAB',
    'basic YTpi',
  ])
    for (const name of ['Authorization', 'Proxy-Authorization', 'X-Authorization'])
      make.add('credentials', { fields: [`${name}: ${value}`] });
  for (const value of ['100-continue', '100-Continue', 'x 100-continue', '100-continue, x'])
    for (const method of ['GET', 'POST'])
      make.add('expect', { method, fields: [`Expect: ${value}`, 'Content-Length: 1'], body: 'x' });
}

export function hosts(make: Maker, { origin, upstream }: AppConfig): void {
  const { host } = new URL(origin);
  const inner = new URL(upstream.origin).host;
  const spelt = [
    host.toUpperCase(),
    `${host}.`,
    `${host}@${inner}`,
    `${inner}`,
    `${host}/x?y=`,
    `${host}#`,
    `${host}, ${inner}`,
    `${host} ${inner}`,
    '',
    '127.0.0.1',
    'localhost',
    '[::1',
    `x.${host}`,
    `${host}.evil.example`,
    `${host}\t`,
  ];
  for (const name of spelt) make.add('host', { host: [`Host: ${name}`] });
  for (const two of [
    [host, inner],
    [inner, host],
    [host, host],
  ])
    make.add('host', { host: two.map((name) => `Host: ${name}`) });
  make.add('host', { host: [] });
  make.add('host', { host: [], version: 'HTTP/1.0' });
  for (const name of ['X-Forwarded-Host', 'X-Host', 'Forwarded', 'X-Forwarded-Server', 'X-HTTP-Host-Override'])
    make.add('host', { fields: [`${name}: ${name === 'Forwarded' ? `host=${inner}` : inner}`] });
}

/** `names`: of our cookies at this origin, without and with the port that they end in. */
export function cookies(make: Maker, names: readonly string[]): void {
  const value = 'A'.repeat(43);
  for (const name of new Set(
    names.flatMap((each) => [
      each,
      each.toLowerCase(),
      each.replace('__Host-', ''),
      `${each} `,
      `\u00a0${each}`,
      each.replaceAll('-', '_'),
    ]),
  ))
    for (const text of [value, '', '%00', '"x"', 'admin', 'x'.repeat(4000), '{"account":"admin"}', `${value}.${value}`])
      make.add('cookie', { fields: [`Cookie: ${name}=${text}`] });
  for (const name of names) {
    make.add('cookie', { fields: [`Cookie: ${name}=${value}; ${name}=B${value.slice(1)}`] });
    make.add('cookie', { fields: [`Cookie: ${name}=${value}`, `Cookie: ${name}=B${value.slice(1)}`] });
    make.add('cookie', { fields: [`Cookie: $Version=1; ${name}="${value}"; $Path=/`] });
    make.add('cookie', { fields: [`Cookie: a=1, ${name}=${value}`] });
  }
}
