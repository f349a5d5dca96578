import { type Ask, basic, get } from '../client.ts';
import type { Account, Product } from '../product.ts';
import { apacheWitness, whoOf } from './apache.ts';

const TARGET = '/basic/index.shtml';
const header = (value: string, target = TARGET): Ask => get(target, [['Authorization', value]]);
const encoded = (text: string, coding: BufferEncoding = 'utf8'): string => Buffer.from(text, coding).toString('base64');

function doors({ name, password }: Account): Ask[] {
  const value = encoded(`${name}:${password}`);
  return [
    get('/basic/', [basic(name, password)]),
    get('/basic/tides.shtml', [basic(name, password)]),
    get('/open/login.html', [basic(name, password)]),
    get('/basic/index.shtml?x=1', [basic(name, password)]),
    get('/basic//index.shtml', [basic(name, password)]),
    { method: 'HEAD', target: TARGET, headers: [basic(name, password)] },
    { method: 'POST', target: TARGET, headers: [basic(name, password)] },
    { method: 'OPTIONS', target: TARGET, headers: [basic(name, password)] },
    header(`basic ${value}`),
    header(`BASIC ${value}`),
    header(`Basic  ${value}`),
  ];
}

/** Of two names in one header, ours and the product's reading may differ. */
function decoys(mine: Account, other: Account): Ask[] {
  const [first, second] = [basic(mine.name, mine.password), basic(other.name, other.password)];
  const [good, bad] = [encoded(`${mine.name}:${mine.password}`), encoded(`${other.name}:${other.password}`)];
  return [
    get(TARGET, [first, second]),
    get(TARGET, [second, first]),
    header(`Basic ${good}, Basic ${bad}`),
    header(`Basic ${bad}, Basic ${good}`),
    header(`Basic ${good} ${bad}`),
    header(`Basic ${bad}${good}`),
    header(`Basic ${bad}====`),
    header(`Basic\t${bad}`),
    header(`Basic ${bad.slice(0, 4)} ${bad.slice(4)}`),
    header(`Digest username="${mine.name}", Basic ${bad}`),
    header(`Basic ${encoded(`${other.name}\0:${other.password}`)}`),
    header(`Basic ${encoded(`${other.name}:${other.password}\r\n`)}`),
    header(`Basic ${encoded(`\ufeff${other.name}:${other.password}`)}`),
    get(TARGET, [
      ['authorization', second[1]],
      ['Authorization', first[1]],
    ]),
    get(TARGET, [
      ['Authorization_', second[1]],
      ['Proxy-Authorization', first[1]],
      ['Authorization', second[1]],
    ]),
  ];
}

/** Basic: the name and password come with every request, and the browser asks for them by itself. */
export const apacheBasic: Product = {
  name: 'apache-basic',
  legacy: 'apache',
  preset: 'apache-basic',
  params: () => ({ entry: TARGET }),
  orders: 'factor-first',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: {
    target: TARGET,
    name: whoOf,
    ask: async (_, { name, password }) => get(TARGET, [basic(name, password)]),
  },
  attempt: async (_, { name, password }) => get(TARGET, [basic(name, password)]),
  failed: ({ status }) => status === 401,
  sideDoors: doors,
  decoys: (_, mine, other) => decoys(mine, other),
  browserCookies: /^$/,
  sessionCookies: null,
  ends: [],
  witness: apacheWitness,
  person: {
    target: TARGET,
    page: null,
    arrived: (page) => page.getByRole('heading', { name: 'Harbour, by basic' }).waitFor(),
    async work(page) {
      await page.getByRole('link', { name: 'Tides' }).click();
      await page.locator('#who', { hasText: 'alice' }).waitFor();
    },
    loads: ['document'],
  },
};
