import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ASSETS } from '../../src/web/assets/assets.ts';
import { ownRoutes } from '../../src/web/routes/table.ts';
import { TestClock } from '../support/clock.ts';
import { Person } from '../support/person.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';

const DAY = 86_400_000;
const clock = new TestClock();
let data: string;
let sally: Sallyport;
let alice: Person;
let cookie: string;

before(async () => {
  data = await mkdtemp(join(tmpdir(), 'sallyport-'));
  const first = await startSallyport({ data, clock });
  alice = new Person(first, 'alice');
  await alice.enrol();
  cookie = alice.cookie;
  assert.equal((await first.send('GET', '/', { cookie })).status, 200);
  await first.close();
  await first.upstream.close();
  clock.jump(-DAY);
  sally = await startSallyport({ data, clock });
});

after(async () => {
  await sally.close();
  await sally.upstream.close();
  await rm(data, { recursive: true, force: true });
});

// Only the addresses are read: none of the parts is called.
const ADDRESSES = ownRoutes({} as Parameters<typeof ownRoutes>[0]).map(({ path, get, post }) => ({
  path: path.replace(':parameter', 'A'.repeat(43)),
  methods: [...(get === undefined ? [] : ['GET', 'HEAD']), ...(post === undefined ? [] : ['POST'])],
}));

test('after a start with a clock that is a day behind, no address of ours answers, nor does the app', async () => {
  assert.equal(ADDRESSES.length > 20, true);
  for (const { path, methods } of ADDRESSES) {
    if (path.startsWith('/.sallyport/assets/')) continue;
    for (const method of methods)
      for (const how of [{}, { cookie }]) {
        const json = method === 'POST' ? { json: { account: 'alice', password: alice.password } } : {};
        const answer = await sally.send(method, path, { ...how, ...json });
        assert.equal(answer.status, 503, `${method} ${path}`);
        assert.deepEqual(answer.all('set-cookie'), [], `${method} ${path}`);
      }
  }
  sally.upstream.clear();
  assert.equal((await sally.send('GET', '/', { cookie })).status, 503);
  assert.equal((await sally.send('GET', '/.well-known/webauthn', { cookie })).status, 503);
  sally.upstream.silent();
});

test('nor is an upgrade answered, to the app or to an address of ours', async () => {
  const headers = [
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['Sec-WebSocket-Version', '13'],
  ] as const;
  for (const target of ['/ws', '/.sallyport/session'])
    for (const how of [{}, { cookie }]) {
      const bytes = sally
        .request('GET', target, { ...how, headers, origin: sally.origin })
        .replace('Connection: close', 'Connection: Upgrade');
      assert.match((await sally.raw(bytes)).text, /^HTTP\/1\.1 503 /, target);
    }
  sally.upstream.silent();
});

test('health says so, and the style of the page that says so is there', async () => {
  assert.equal((await sally.send('GET', '/.sallyport/health')).status, 503);
  for (const path of ASSETS.keys()) assert.equal((await sally.send('GET', path)).status, 200, path);
  assert.equal((await sally.audit('clock.jump')).length, 1);
});

test('set right again, everything answers at once', async () => {
  clock.jump(DAY);
  await sally.healthy();
  assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
  assert.equal((await sally.send('GET', '/.sallyport/sign-in')).status, 200);
});
