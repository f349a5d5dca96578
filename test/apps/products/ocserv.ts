import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ask } from '../client.ts';
import type { Account, Product } from '../product.ts';

/** What the client of the VPN sends: one of the two fields at a time. */
export const reply = (field: 'username' | 'password', value: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<config-auth client="vpn" type="auth-reply"><version who="vpn">v9</version><auth><${field}>${value}</${field}></auth></config-auth>`;

/** A body at an address, declared as it is said here; an empty type: not at all. */
export const sent = (target: string, body: string, type = 'application/xml; charset=utf-8'): Ask => ({
  ...{ method: 'POST', target, body },
  headers: type === '' ? [] : [['Content-Type', type]],
});

/** Addresses that take the sign-in. */
export const TAKING = ['/', '/auth', '/VPN'] as const;
/** Types that bodies may be declared as; it looks at none of them. */
const TYPES = ['application/xml', 'text/xml', 'text/plain', 'application/x-www-form-urlencoded', 'application/json'];
const ODD = [
  'application/octet-stream',
  'x/y',
  'multipart/form-data; boundary=x',
  'application/xml; charset=utf-16',
  '',
];

/** A name or a password in every form that it takes: whatever stands before, and the one without the other. */
function bodies({ name, password }: Account): string[] {
  return [
    reply('username', name),
    `x<?xml?><username>${name}</username>`,
    `username=${name}`,
    `a=b\nusername=${name}`,
    `username=${name}&password=${encodeURIComponent(password)}`,
    `<?xml?><username>${name}</username><password>${password}</password>`,
    reply('username', `${name}</username><username>${name}`),
  ];
}

/** ocserv: a name and then a password by XML, and no page that says who is signed in. */
export const ocserv: Product = {
  name: 'ocserv',
  legacy: 'ocserv',
  preset: 'anyconnect-xml',
  // Programs send it, which cannot be led to a factor.
  orders: 'factor-first',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: { target: '/auth', name: () => null },
  attempt: async (_, { name }) => sent('/auth', reply('username', name)),
  failed: ({ body }) => body.includes('Login failed'),
  sideDoors: (account) =>
    TAKING.flatMap((target) =>
      [...TYPES, ...ODD].flatMap((type) => bodies(account).map((body) => sent(target, body, type))),
    ),
  decoys: () => [],
  browserCookies: /^$/,
  sessionCookies: /^webvpn/,
  ends: [],
  witness: (folder) => {
    const log = readFileSync(join(folder, 'ocserv.log'), 'utf8');
    return [...log.matchAll(/auth complete for user '([^']*)'/g)].map(([, name = '']) => name);
  },
  person: { target: '/', page: null, arrived: () => Promise.resolve(), work: () => Promise.resolve(), loads: [] },
};
