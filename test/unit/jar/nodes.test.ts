import assert from 'node:assert/strict';
import { eachStore } from '../../support/stores.ts';
import { brings, jarApp, until, world } from './world.ts';

const app = jarApp();

eachStore('a cookie that one node was given is sent by the other on the very next request', async (on) => {
  const { owner, ...all } = await world(on);
  const [a, b] = [await all.node({ watch: false }), await all.node({ watch: false })];
  const there = await b.jars.of(owner, app, 0);
  const here = await a.jars.of(owner, app, 0);
  const received = await a.jars.receive(here, { generation: 0, target: '/', setCookies: ['sid=one'] });
  assert.equal(there.cookieFor('/'), null);
  assert.equal((await b.jars.of(owner, app, received?.version ?? 0)).cookieFor('/'), 'sid=one');
  assert.equal(there.cookieFor('/'), 'sid=one');
});

eachStore('a version that nobody wrote is asked for once a second, not more', async (on) => {
  const { owner, clock, ...all } = await world(on);
  const node = await all.node();
  const jar = await node.jars.of(owner, app, 0);
  await brings(node.jars, jar, 'sid=one');
  const before = node.calls();
  await Promise.all(Array.from({ length: 10 }, () => node.jars.of(owner, app, 900)));
  for (let i = 0; i < 10; i += 1) assert.equal(node.jars.of(owner, app, 900), jar);
  assert.equal(node.calls() - before, 1);
  clock.advance(1001);
  await node.jars.of(owner, app, 900);
  assert.equal(node.calls() - before, 2);
});

eachStore('fifty answers on each of two nodes at once lose nothing', async (on) => {
  const { owner, ...all } = await world(on);
  const nodes = [await all.node(), await all.node()];
  await Promise.all(
    nodes.map(async ({ jars }, n) => {
      const jar = await jars.of(owner, app, 0);
      const pause = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 50));
      await Promise.all(
        Array.from({ length: 50 }, async (_, i) => {
          await pause();
          await brings(jars, jar, `n${n}-${i}=v`);
        }),
      );
    }),
  );
  const { version } = (await on.store.jars.byId('ses-1')) ?? { version: 0 };
  for (const { jars } of nodes)
    assert.equal((await jars.of(owner, app, version)).cookieFor('/')?.split('; ').length, 100);
});

eachStore('what another node wrote is merged with, even where memory says that nothing changes', async (on) => {
  const { owner, ...all } = await world(on);
  const [a, b] = [await all.node({ watch: false }), await all.node({ watch: false })];
  const here = await a.jars.of(owner, app, 0);
  await brings(a.jars, here, 'sid=one');
  const there = await b.jars.of(owner, app, 0);
  await brings(b.jars, there, 'sid=two', 'more=x');
  a.jars.forget('ses-1');
  a.jars.forget('ses-1');
  const received = await a.jars.receive(here, { generation: 0, target: '/', setCookies: ['sid=one'] });
  assert.equal(received?.version, 3);
  assert.notEqual(received.stood.credentials(), received.before);
  assert.equal(here.cookieFor('/'), 'sid=one; more=x');
});

eachStore('a login step elsewhere cuts what is under way here, and what it brings is dropped', async (on) => {
  const { owner, ...all } = await world(on);
  const [a, b] = [await all.node(), await all.node()];
  const here = await a.jars.of(owner, app, 0);
  await brings(a.jars, here, 'sid=old');
  const there = await b.jars.of(owner, app, 1);
  let cut = 0;
  there.inFlight(() => (cut += 1));
  const draft = await a.jars.begin(here, 'all');
  // It comes in before the push does, or after it.
  await b.jars.receive(there, { generation: 0, target: '/', setCookies: ['sid=late'] });
  await until(() => cut === 1);
  assert.deepEqual([there.busy, there.generation, there.cookieFor('/')], [true, 1, null]);
  draft.receive('/', ['sid=new']);
  await draft.commit({ kind: 'open' });
  // Who waits for the end of the step looks at this very object.
  await until(() => !there.busy);
  assert.equal((await b.jars.of(owner, app, 0)).cookieFor('/'), 'sid=new');
});

eachStore('of two steps on two nodes at once one begins', async (on) => {
  const { owner, ...all } = await world(on);
  const nodes = [await all.node(), await all.node()];
  const jars = await Promise.all(nodes.map((node) => node.jars.of(owner, app, 0)));
  const begun = await Promise.allSettled(
    Array.from({ length: 10 }, (_, i) => {
      const [node, jar] = [nodes[i % 2], jars[i % 2]];
      assert.ok(node && jar);
      return node.jars.begin(jar, 'all');
    }),
  );
  assert.equal(begun.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const each of begun) if (each.status === 'rejected') assert.equal(each.reason.code, 'conflict');
});

eachStore('a change while a jar is being read makes it be read again', async (on) => {
  const { owner, ...all } = await world(on);
  const [a, b] = [await all.node(), await all.node({ watch: false })];
  await brings(a.jars, await a.jars.of(owner, app, 0), 'sid=one');
  const loading = b.jars.of(owner, app, 0);
  b.jars.forget('ses-1');
  await loading;
  const reading = b.jars.of(owner, app, 0);
  assert.ok(reading instanceof Promise);
  const jar = await reading;
  assert.equal(b.jars.of(owner, app, 0), jar);
  b.jars.forget('*');
  const again = b.jars.of(owner, app, 0);
  assert.ok(again instanceof Promise);
  assert.equal(await again, jar);
});

eachStore('a generation that cannot be looked up is over', async (on) => {
  const { owner, ...all } = await world(on);
  const node = await all.node({ watch: false });
  const jar = await node.jars.of(owner, app, 0);
  await brings(node.jars, jar, 'sid=one');
  let cut = 0;
  jar.inFlight(() => (cut += 1));
  node.fail('byId');
  node.jars.forget('*');
  await until(() => cut === 1);
  assert.equal(jar.cookieFor('/'), null);
  await assert.rejects(async () => node.jars.of(owner, app, 0), { code: 'store-unavailable' });
  node.fail(null);
  assert.equal((await node.jars.of(owner, app, 0)).cookieFor('/'), 'sid=one');
});
