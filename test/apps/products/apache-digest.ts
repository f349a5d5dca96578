import { createHash, randomBytes } from 'node:crypto';
import { type Ask, basic, type Client, get } from '../client.ts';
import type { Account, Product } from '../product.ts';
import { apacheWitness, whoOf } from './apache.ts';

const TARGET = '/digest/index.shtml';
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** An answer to a challenge (RFC 7616 §3.4); `shown` is the name as it is written in the header. */
function response({ name, password }: Account, nonce: string, target: string, shown = `username="${name}"`): string {
  const [nc, cnonce] = ['00000001', randomBytes(8).toString('hex')];
  const a1 = md5(`${name}:harbour:${password}`);
  const proof = md5(`${a1}:${nonce}:${nc}:${cnonce}:auth:${md5(`GET:${target}`)}`);
  return `Digest ${shown}, realm="harbour", nonce="${nonce}", uri="${target}", algorithm=MD5, response="${proof}", qop=auth, nc=${nc}, cnonce="${cnonce}"`;
}

/** Asks for the page and answers the challenge, where there is one for this browser. */
async function attempt(browser: Client, account: Account, target = TARGET): Promise<Ask> {
  const { all } = await browser.ask(get(target));
  const nonce = /nonce="([^"]+)"/.exec(all('www-authenticate')[0] ?? '')?.[1] ?? 'no challenge';
  return get(target, [['Authorization', response(account, nonce, target)]]);
}

function doors(account: Account): Ask[] {
  const { name, password } = account;
  return [
    get(TARGET, [['Authorization', response(account, 'x', TARGET)]]),
    get('/digest/tides.shtml', [['Authorization', response(account, 'x', '/digest/tides.shtml')]]),
    get('/open/login.html', [['Authorization', response(account, 'x', '/open/login.html')]]),
    get(TARGET, [basic(name, password)]),
    get(TARGET, [['Authorization', response(account, 'x', TARGET).replace('Digest', 'dIGEST')]]),
  ];
}

/** One header with the proof of `other` and the name of `mine` as well, for readers that differ. */
function decoys(good: Ask, mine: Account, other: Account): Ask[] {
  const nonce = /nonce="([^"]+)"/.exec(good.headers?.[0]?.[1] ?? '')?.[1] ?? '';
  const header = (shown: string): Ask => get(TARGET, [['Authorization', response(other, nonce, TARGET, shown)]]);
  const [first, second] = [`username="${mine.name}"`, `username="${other.name}"`];
  return [
    header(`${first}, ${second}`),
    header(`${second}, ${first}`),
    header(`USERNAME="${other.name}", ${first}`),
    header(`${first}, username=${other.name}`),
    header(`${first}, username*=UTF-8''${other.name}`),
    header(`username*=UTF-8''${other.name}`),
    header(`${second}, opaque="x, ${first}"`),
    header(`opaque="\\", ${first}, x=\\"", ${second}`),
    header(`username="${other.name.slice(0, 1)}\\${other.name.slice(1)}"`),
    header(`username = "${other.name}"`),
    header(`userhash=true, username="${md5(`${other.name}:harbour`)}"`),
    get(TARGET, [...(good.headers ?? []), ['Authorization', response(other, nonce, TARGET)]]),
    get(TARGET, [['Authorization', response(other, nonce, TARGET)], ...(good.headers ?? [])]),
  ];
}

/** Digest: the name can be read with every request, the password never. */
export const apacheDigest: Product = {
  name: 'apache-digest',
  legacy: 'apache',
  preset: 'apache-digest',
  params: () => ({ entry: TARGET }),
  orders: 'factor-first',
  // The name stands in the header as it is.
  unsendable: /[\u0000-\u001f\u007f]/,
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: { target: TARGET, name: whoOf, ask: (browser, account) => attempt(browser, account) },
  attempt,
  failed: ({ status }) => status === 401,
  sideDoors: doors,
  decoys,
  browserCookies: /^$/,
  sessionCookies: null,
  ends: [],
  witness: apacheWitness,
  person: {
    target: TARGET,
    page: null,
    arrived: (page) => page.getByRole('heading', { name: 'Harbour, by digest' }).waitFor(),
    async work(page) {
      await page.getByRole('link', { name: 'Tides' }).click();
      await page.locator('#who', { hasText: 'alice' }).waitFor();
    },
    loads: ['document'],
  },
};
