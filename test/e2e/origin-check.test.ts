import assert from 'node:assert/strict';
import test from 'node:test';
import { CanaryMarks } from '../../src/assertions/canary-marks.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { checkOrigin } from '../../src/watch/origin/check.ts';
import { placesOf } from '../../src/watch/origin/places.ts';
import { freePort } from '../support/ports.ts';
import { startSallyport } from '../support/sallyport.ts';
import { answer, startUpstream } from '../support/upstream.ts';

test('an app that answers strangers at a named address is found, what leads to us or nowhere is not', async (t) => {
  const open = await startUpstream();
  const shut = await startUpstream();
  t.after(() => Promise.all([open.close(), shut.close()]));
  open.on('*', answer('the app'));
  shut.on('*', answer('certificate required', '400 Bad Request'));
  const port = await freePort();
  const nobody = await freePort();
  const sally = await startSallyport({
    host: 'localhost',
    port,
    app: [
      `    ways_past: { addresses: ["${open.origin}", "127.0.0.1:${shut.port}", "127.0.0.1:${nobody}", "http://localhost:${port}"] }`,
    ],
  });
  t.after(() => sally.close());
  const [app] = sally.config.apps;
  assert.ok(app !== undefined);
  const parts = { marks: new CanaryMarks(sally.app.seal), clock: sally.clock, random: systemRandom, outside: false };
  const findings = await checkOrigin(app, parts);
  const of = (address: string) => findings.filter((each) => each.address === address);
  assert.deepEqual(
    of(open.origin).map(({ verdict }) => verdict),
    ['fail'],
  );
  assert.match(of(open.origin)[0]?.found ?? '', /200 to anybody/);
  assert.ok(of(`127.0.0.1:${shut.port}`).every(({ verdict }) => verdict !== 'fail'));
  assert.match(of(`127.0.0.1:${shut.port}`).at(-1)?.found ?? '', /refuses/);
  assert.ok(of(`127.0.0.1:${nobody}`).every(({ verdict, found }) => verdict === 'ok' && /nothing answers/.test(found)));
  assert.match(of(`http://localhost:${port}`)[0]?.found ?? '', /leads to us/);
  // The upstream answers this machine by design, unless it is said to be another.
  assert.deepEqual(
    of('upstream').map(({ verdict }) => verdict),
    ['note'],
  );
  const outside = await checkOrigin(app, { ...parts, outside: true });
  assert.deepEqual(
    outside.filter(({ address }) => address === 'upstream').map(({ verdict }) => verdict),
    ['fail'],
  );
});

test('doors of the preset are tried with passwords that nobody has, where the app is open', async (t) => {
  const open = await startUpstream();
  t.after(() => open.close());
  open.on('*', answer('no such page', '404 Not Found'));
  open.on('/', answer('the app'));
  open.on('/xmlrpc.php', answer('who is there', '401 Unauthorized', ['WWW-Authenticate: Basic realm="x"']));
  const sally = await startSallyport({
    realm: 'app',
    app: ['    login: { preset: wordpress }', `    ways_past: { addresses: ["${open.origin}"] }`],
  });
  t.after(() => sally.close());
  const [app] = sally.config.apps;
  assert.ok(app !== undefined);
  const parts = { marks: new CanaryMarks(sally.app.seal), clock: sally.clock, random: systemRandom, outside: false };
  const findings = await checkOrigin(app, parts);
  const door = findings.find(({ address, what }) => address === open.origin && what.includes('xmlrpc'));
  assert.deepEqual([door?.verdict, /asks for Basic/.test(door?.found ?? '')], ['fail', true]);
  assert.ok(open.requests.some(({ head }) => /^authorization: basic /im.test(head)));
});

test('what is asked at an address: every scheme and port that is meant, and no other host', () => {
  const origins = (named: string) => placesOf(named, 'http://10.0.0.5:8080').map(({ origin }) => origin);
  assert.deepEqual(origins('https://a.example:444'), ['https://a.example:444']);
  assert.deepEqual(origins('10.0.0.9:81'), ['https://10.0.0.9:81', 'http://10.0.0.9:81']);
  assert.deepEqual(origins('a.example'), [
    'https://a.example',
    'http://a.example',
    'https://a.example:8080',
    'http://a.example:8080',
  ]);
  assert.deepEqual(origins('[::1]:5'), ['https://[::1]:5', 'http://[::1]:5']);
  assert.equal(origins('10.0.0.130/25:443').length, 256);
  assert.deepEqual(origins('10.0.0.6/31:443'), [
    'https://10.0.0.6',
    'http://10.0.0.6:443',
    'https://10.0.0.7',
    'http://10.0.0.7:443',
  ]);
});
