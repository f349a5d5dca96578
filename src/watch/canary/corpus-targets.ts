import type { AppConfig } from '../../config/types.ts';
import { INSIDE, type Maker } from './maker.ts';

const DOTS = [
  '..',
  '%2e%2e',
  '.%2e',
  '%2E.',
  '%252e%252e',
  '..%00',
  '..;',
  '..;a=b',
  '%c0%ae%c0%ae',
  '....',
  '%u002e%u002e',
];

const SLASHES = ['/', '%2f', '%2F', '\\', '%5c', '//', '/./', '%252f', '%c0%af'];

const HEX = (text: string, which: number): string =>
  `${text.slice(0, which)}%${text.charCodeAt(which).toString(16)}${text.slice(which + 1)}`;

/** What readers of an address take differently. */
const TEXTS = [
  '%00',
  '%',
  '%f',
  '%zz',
  '%ff',
  '%0d%0a',
  '%20',
  '%09',
  '%2f',
  '%5c',
  '%3f',
  '%23',
  '|',
  '"',
  '<',
  '^',
  '`',
  '{',
  '\\',
  ';jsessionid=x',
  '%u0061',
  '%ef%bc%8f',
];

const PREFIX = '/.sallyport';

/** Our own prefix as others might read it. */
const SPELT = [
  ...Array.from({ length: PREFIX.length - 1 }, (_, i) => HEX(PREFIX, i + 1)),
  '/.SALLYPORT',
  '/.Sallyport',
  '/.sallyport;a=b',
  '/./.sallyport',
  '//.sallyport',
  '/.sallyport%00',
  '/.sallyport%20',
  '/.sallyport.',
  '/x/../.sallyport',
  '/\\.sallyport',
  '/%2fsallyport',
  '/.%73allyport',
];

export function paths(make: Maker, open: readonly string[]): void {
  for (const base of open)
    for (const dots of DOTS)
      for (const slash of base === open[0] ? SLASHES : SLASHES.slice(0, 5)) {
        const up = `${base.replace(/\/$/, '')}${slash}`;
        make.add('dot-segments', { target: `${up}${`${dots}${slash}`.repeat(2)}sallyport-canary/inside` });
      }
  for (const each of SPELT)
    for (const rest of ['/health', '/inside', '/../sallyport-canary/inside', '%2finside', ''])
      make.add('reserved-prefix', { target: `${each}${rest}` });
  for (const text of TEXTS)
    for (const at of [`${INSIDE}${text}`, `/${text}${INSIDE}`, INSIDE.replace('/inside', `${text}/inside`)])
      make.add('encodings', { target: at });
}

export function targets(make: Maker, open: readonly string[], { origin }: AppConfig): void {
  const { host } = new URL(origin);
  const forms = [
    '*',
    'sallyport-canary',
    `//${host}${INSIDE}`,
    `///${host}`,
    `/\\${host}${INSIDE}`,
    `http://${host}${INSIDE}`,
    `HTTP://${host}${INSIDE}`,
    `https://${host}${INSIDE}`,
    'http:///inside',
    `http://${host}:80@127.0.0.1/`,
    `http://127.0.0.1${INSIDE}`,
    `${host}:443`,
    `/${INSIDE}`,
    `.${INSIDE}`,
    `?${INSIDE}`,
  ];
  for (const target of forms)
    for (const method of ['GET', 'OPTIONS', 'POST'])
      make.add('target-form', { method, target, ...(method === 'POST' ? { fields: ['Content-Length: 0'] } : {}) });
  for (const version of ['HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/0.9', 'http/1.1'])
    make.add('target-form', { version });
  for (const path of open)
    for (const join of ['?', '#', '%3f', '%23', ';', '?x=', '#/..', '&'])
      make.add('query', { target: `${INSIDE}${join}${path}` });
}
