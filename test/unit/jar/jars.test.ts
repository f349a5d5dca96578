import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { systemClock } from '../../../src/lib/clock.ts';
import { openDatabase } from '../../../src/store/open.ts';
import { eachStore } from '../../support/stores.ts';
import { brings, jarApp, MINUTE, until, world } from './world.ts';

const app = jarApp();
const bound = { kind: 'bound', name: 'ada', proof: 'whoami', credentials: 'c', checkedAt: 1 } as const;

eachStore('what changes nothing asks nobody, and says so at once', async (on) => {
  const { owner, ...all } = await world(on);
  const node = await all.node();
  const jar = await node.jars.of(owner, app, 0);
  assert.deepEqual([jar.version, jar.cookieFor('/'), jar.credentials()], [0, null, '']);
  assert.equal(await brings(node.jars, jar, 'sid=one; Path=/; HttpOnly', 'theme=dark; Max-Age=1000'), true);
  assert.equal(jar.version, 1);
  // Its announcement comes back: it is our own.
  await new Promise((resolve) => setTimeout(resolve, 700));
  const before = node.calls();
  const receive = (setCookies: string[]) => node.jars.receive(jar, { generation: 0, target: '/', setCookies });
  assert.equal(receive(['sid=one; Path=/']), undefined);
  assert.equal(receive(['theme=dark; Max-Age=990', 'gone=; Max-Age=0', 'junk']), undefined);
  assert.equal(receive([]), undefined);
  assert.equal(node.jars.of(owner, app, 1), jar);
  assert.equal(jar.cookieFor('/x'), 'sid=one; theme=dark');
  assert.equal(node.calls(), before);
});

eachStore('the version and a change of the session cookies are told; other cookies are none', async (on) => {
  const { owner, ...all } = await world(on);
  const { jars } = await all.node();
  const jar = await jars.of(owner, app, 0);
  const receive = async (...setCookies: string[]) => {
    const received = await jars.receive(jar, { generation: 0, target: '/', setCookies });
    assert.ok(received !== undefined);
    const { version, before, stood } = received;
    return { version, changed: stood.credentials() !== before };
  };
  assert.deepEqual(await receive('sid=one'), { version: 1, changed: true });
  const first = jar.credentials();
  assert.deepEqual(await receive('theme=dark'), { version: 2, changed: false });
  assert.equal(jar.credentials(), first);
  assert.deepEqual(await receive('sid=two', 'sid=one'), { version: 3, changed: false });
  assert.deepEqual(await receive('sid=two'), { version: 4, changed: true });
  assert.notEqual(jar.credentials(), first);
});

eachStore('of answers that are written together each is told what there was with it, and before', async (on) => {
  const { owner, ...all } = await world(on);
  const { jars } = await all.node();
  const jar = await jars.of(owner, app, 0);
  const ids = ['one', 'two', 'two', 'one'];
  const all4 = ids.map((id) => jars.receive(jar, { generation: 0, target: '/', setCookies: [`sid=${id}`] }));
  const received = await Promise.all(all4);
  assert.deepEqual(
    received.map((each) => each?.stood.cookieFor('/')),
    ids.map((id) => `sid=${id}`),
  );
  assert.deepEqual(
    received.map((each) => each?.before),
    ['', ...received.slice(0, -1).map((each) => each?.stood.credentials())],
  );
  assert.equal(jar.cookieFor('/'), 'sid=one');
});

eachStore('cookies outlive the process, and are unreadable at rest', async (on) => {
  const { owner, ...all } = await world(on);
  const first = await all.node();
  const jar = await first.jars.of(owner, app, 0);
  await brings(first.jars, jar, 'sid=s3cret-value; Path=/app');
  await first.jars.stand(jar, jar.generation, bound);
  const row = await on.store.jars.byId('ses-1');
  assert.ok(row && !JSON.stringify(row).includes('s3cret') && !row.state.includes('sid'));
  const again = await (await all.node()).jars.of(owner, app, 0);
  assert.equal(again.cookieFor('/app/x?y'), 'sid=s3cret-value');
  assert.equal(again.cookieFor('/'), null);
  assert.deepEqual([again.standing, again.version], [bound, 2]);
});

eachStore(
  'an answer that sets more cookies than anybody keeps is refused alone, whoever waits beside it',
  async (on) => {
    const { owner, ...all } = await world(on);
    const { jars } = await all.node();
    const jar = await jars.of(owner, app, 0);
    const { generation } = jar;
    const brought = (setCookies: readonly string[]) => ({ generation, target: '/', setCookies });
    const good = jars.receive(jar, brought(['sid=one']));
    const many = Array.from({ length: 501 }, (_, i) => `c${i}=1`);
    assert.throws(() => jars.receive(jar, brought(many)), { code: 'upstream-invalid' });
    await good;
    assert.equal(jar.cookieFor('/'), 'sid=one');
  },
);

eachStore('a state opens in its own row alone, and one that does not open is no empty jar', async (on) => {
  const { owner, visitor, ...all } = await world(on);
  const node = await all.node();
  await brings(node.jars, await node.jars.of(owner, app, 0), 'sid=one');
  const row = await on.store.jars.byId('ses-1');
  assert.ok(row);
  await on.store.jars.insert({ ...row, id: visitor.id, sessionId: null });
  const fresh = await all.node();
  await assert.rejects(async () => fresh.jars.of(visitor, app, 0), { code: 'sealed-value-invalid' });
  await on.store.jars.update([{ ...row, version: 2, state: `${row.state.slice(0, -1)}` }]);
  await assert.rejects(async () => fresh.jars.of(owner, app, 0), { code: 'sealed-value-invalid' });
});

eachStore('a jar is one app’s: another app finds none under its id, and makes none', async (on) => {
  const { visitor, ...all } = await world(on);
  const { jars } = await all.node();
  await brings(jars, await jars.of(visitor, app, 0), 'sid=one');
  const other = jarApp({ id: 'wiki', origin: 'https://wiki.example.org' });
  const jar = await jars.of(visitor, other, 0);
  assert.deepEqual([jar.version, jar.cookieFor('/')], [0, null]);
  await assert.rejects(brings(jars, jar, 'sid=two'), { code: 'conflict' });
  assert.equal((await jars.of(visitor, app, 0)).cookieFor('/'), 'sid=one');
});

eachStore('when the store fails nothing has changed, here or there', async (on) => {
  const { owner, ...all } = await world(on);
  const node = await all.node();
  const jar = await node.jars.of(owner, app, 0);
  node.fail('insert');
  await assert.rejects(brings(node.jars, jar, 'sid=one'), { code: 'store-unavailable' });
  await assert.rejects(node.jars.begin(jar, 'all'), { code: 'store-unavailable' });
  assert.deepEqual([jar.cookieFor('/'), jar.version, jar.generation], [null, 0, 0]);
  node.fail(null);
  await brings(node.jars, jar, 'sid=one');
  let cut = 0;
  jar.inFlight(() => (cut += 1));
  node.fail('update');
  await assert.rejects(brings(node.jars, jar, 'sid=two'), { code: 'store-unavailable' });
  await assert.rejects(node.jars.clear(jar), { code: 'store-unavailable' });
  assert.deepEqual([jar.cookieFor('/'), jar.version, jar.generation, cut], ['sid=one', 1, 0, 0]);
});

eachStore('fifty answers at once are written as few, and none is lost', async (on) => {
  const { owner, ...all } = await world(on);
  const node = await all.node();
  const jar = await node.jars.of(owner, app, 0);
  const before = node.calls();
  await Promise.all(Array.from({ length: 50 }, (_, i) => brings(node.jars, jar, `n${i}=v`)));
  assert.ok(node.calls() - before <= 3, `${node.calls() - before} statements`);
  assert.equal(jar.cookieFor('/')?.split('; ').length, 50);
  // A cookie that is being deleted and set again to what memory still has is not unchanged.
  const deleting = brings(node.jars, jar, 'n1=; Max-Age=0');
  await Promise.all([deleting, brings(node.jars, jar, 'n1=v')]);
  assert.match(jar.cookieFor('/') ?? '', /n1=v/);
});

eachStore(
  'a login step ends the generation, cuts what is under way, and gives nothing out until it is over',
  async (on) => {
    const { owner, ...all } = await world(on);
    const { jars } = await all.node();
    const jar = await jars.of(owner, app, 0);
    await brings(jars, jar, 'sid=old', 'theme=dark');
    await jars.receive(jar, { generation: 0, target: '/', setCookies: [], vault: new Map([['stand-in', 'token']]) });
    let cut = 0;
    jar.inFlight(() => (cut += 1));
    jar.inFlight(() => (cut += 1))();
    const draft = await jars.begin(jar, 'all');
    assert.deepEqual([cut, jar.busy, jar.generation, jar.cookieFor('/')], [1, true, 1, null]);
    assert.equal(draft.cookieFor('/'), 'sid=old; theme=dark');
    await assert.rejects(jars.begin(jar, 'all'), { code: 'conflict' });
    const late = { target: '/', setCookies: ['sid=late'] };
    assert.equal(jars.receive(jar, { generation: 0, ...late }), undefined);
    draft.receive('/', ['sid=new'], new Map([['second', 'token2']]));
    assert.equal(jar.cookieFor('/'), null);
    await draft.commit(bound);
    assert.deepEqual([jar.busy, jar.cookieFor('/'), jar.generation], [false, 'sid=new; theme=dark', 1]);
    assert.deepEqual([jar.standing, jar.token('stand-in'), jar.token('second')], [bound, 'token', 'token2']);
    assert.equal(jar.credentials(), draft.credentials());
    assert.equal(jars.receive(jar, { generation: 0, ...late }), undefined);
    await jars.stand(jar, 0, { kind: 'open' });
    assert.deepEqual(jar.standing, bound);
    await assert.rejects(draft.commit(bound), { code: 'conflict' });
  },
);

eachStore('for somebody who is signed in a step begins without what could be the session', async (on) => {
  const { owner, ...all } = await world(on);
  const { jars } = await all.node();
  const jar = await jars.of(owner, app, 0);
  const vault = new Map([['stand-in', 'token']]);
  await jars.receive(jar, { generation: 0, target: '/', setCookies: ['sid=old', 'theme=dark'], vault });
  const draft = await jars.begin(jar, 'others');
  assert.equal(draft.cookieFor('/'), 'theme=dark');
  await draft.commit({ kind: 'open' });
  assert.equal(jar.token('stand-in'), undefined);
});

eachStore('a step that is dropped, or whose process dies, leaves an empty jar', async (on) => {
  const { owner, clock, ...all } = await world(on);
  const first = await all.node();
  const jar = await first.jars.of(owner, app, 0);
  await brings(first.jars, jar, 'sid=old');
  await first.jars.stand(jar, 0, bound);
  const draft = await first.jars.begin(jar, 'all');
  draft.receive('/', ['sid=new']);
  await draft.drop();
  await draft.drop();
  assert.deepEqual([jar.busy, jar.cookieFor('/'), jar.standing], [false, null, { kind: 'open' }]);

  await brings(first.jars, jar, 'sid=more');
  const dying = await first.jars.begin(jar, 'all');
  const { jars } = await all.node();
  const other = await jars.of(owner, app, 0);
  assert.equal(other.busy, true);
  await assert.rejects(jars.begin(other, 'all'), { code: 'conflict' });
  clock.advance(90_000);
  assert.deepEqual([other.busy, other.cookieFor('/')], [false, null]);
  await assert.rejects(dying.commit(bound), { code: 'conflict' });
  await dying.drop();
  await (await jars.begin(other, 'all')).commit({ kind: 'open' });
});

eachStore('a commit that failed can still be dropped', async (on) => {
  const { owner, ...all } = await world(on);
  const node = await all.node();
  const jar = await node.jars.of(owner, app, 0);
  const draft = await node.jars.begin(jar, 'all');
  draft.receive('/', ['sid=new']);
  node.fail('update');
  await assert.rejects(draft.commit(bound), { code: 'store-unavailable' });
  assert.deepEqual([jar.busy, jar.cookieFor('/')], [true, null]);
  node.fail(null);
  await draft.drop();
  assert.deepEqual([jar.busy, jar.cookieFor('/')], [false, null]);
});

eachStore('clearing empties, cuts, and ends a step under way', async (on) => {
  const { owner, ...all } = await world(on);
  const { jars } = await all.node();
  const jar = await jars.of(owner, app, 0);
  await brings(jars, jar, 'sid=old');
  const draft = await jars.begin(jar, 'all');
  let cut = 0;
  jar.inFlight(() => (cut += 1));
  await jars.clear(jar);
  assert.deepEqual([cut, jar.busy, jar.cookieFor('/'), jar.standing.kind], [1, false, null, 'open']);
  await assert.rejects(draft.commit(bound), { code: 'conflict' });
  assert.equal(jar.cookieFor('/'), null);
});

eachStore('a held draft becomes the jar of a session once, whoever asks', async (on) => {
  const { owner, visitor, ...all } = await world(on);
  const [a, b] = [await all.node(), await all.node()];
  const draft = await a.jars.begin(await a.jars.of(visitor, app, 0), 'all');
  draft.receive('/', ['sid=held']);
  const text = draft.serialise(bound);
  await draft.drop();
  await Promise.all([a.jars.of(owner, app, 0), b.jars.of(owner, app, 0)]);
  const [one, two] = await Promise.all([
    a.jars.adopt(owner, app, text, '/login'),
    b.jars.adopt(owner, app, text, '/login'),
  ]);
  for (const jar of [one, two])
    assert.deepEqual([jar.version, jar.cookieFor('/'), jar.held, jar.standing], [1, 'sid=held', '/login', bound]);
  await a.jars.released(one);
  assert.equal(one.held, null);
  assert.equal((await b.jars.of(owner, app, one.version)).held, null);
});

eachStore('a visitor’s jar lives half an hour from its last change, a session’s as long as the session', async (on) => {
  const { owner, visitor, clock, ...all } = await world(on);
  const { jars } = await all.node();
  const seen = () => ({ ...visitor, expiresAt: clock.now() + 30 * MINUTE });
  await brings(jars, await jars.of(seen(), app, 0), 'sid=one');
  clock.advance(20 * MINUTE);
  await brings(jars, await jars.of(seen(), app, 0), 'theme=dark');
  clock.advance(20 * MINUTE);
  assert.equal((await jars.of(seen(), app, 0)).cookieFor('/'), 'sid=one; theme=dark');
  clock.advance(11 * MINUTE);
  const over = await jars.of(seen(), app, 0);
  assert.equal(over.cookieFor('/'), null);
  await brings(jars, over, 'sid=two');
  assert.equal((await (await all.node()).jars.of(seen(), app, 0)).cookieFor('/'), 'sid=two');
  await brings(jars, await jars.of(owner, app, 0), 'sid=ses');
  assert.equal((await on.store.jars.byId('ses-1'))?.expiresAt, owner.expiresAt);
});

eachStore('when the session ends the jar is gone, and nothing makes it anew', async (on) => {
  const { owner, ...all } = await world(on);
  const { jars } = await all.node();
  const jar = await jars.of(owner, app, 0);
  await brings(jars, jar, 'sid=one');
  let cut = 0;
  jar.inFlight(() => (cut += 1));
  await on.store.sessions.end({ by: 'id', id: 'ses-1' }, 'sign-out', 5);
  await until(() => cut === 1);
  assert.equal(jar.cookieFor('/'), null);
  await assert.rejects(brings(jars, jar, 'sid=two'), { code: 'sign-in-required' });
  await assert.rejects(jars.begin(jar, 'all'), { code: 'sign-in-required' });
  await jars.clear(jar);
  const database = await openDatabase(on.config, { clock: systemClock });
  const { rows } = await sql`select id from jars`.execute(database.db);
  await database.close();
  assert.deepEqual(rows, []);
});

eachStore('a cookie that expires is no longer sent, nor part of the session', async (on) => {
  const { owner, clock, ...all } = await world(on);
  const { jars } = await all.node();
  const jar = await jars.of(owner, app, 0);
  await brings(jars, jar, 'sid=one; Max-Age=60', 'theme=dark; Max-Age=120; Path=/app');
  assert.equal(jar.cookieFor('/app'), 'theme=dark; sid=one');
  assert.notEqual(jar.credentials(), '');
  clock.advance(60_000);
  assert.deepEqual([jar.cookieFor('/app'), jar.credentials()], ['theme=dark', '']);
  clock.advance(60_000);
  assert.equal(jar.cookieFor('/app'), null);
});
