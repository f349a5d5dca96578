import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'node:test';
import { disableAccount } from '../../src/manage/accounts.ts';
import { listSessions } from '../../src/manage/sessions.ts';
import { BELIEVED_MS, MOST_TOLD } from '../../src/store/open-streams.ts';
import { startApi, tokenOf } from '../support/api.ts';
import { fleet } from '../support/fleet.ts';
import { until } from '../support/shut.ts';
import { ticks } from '../support/upstream.ts';

for (const kind of ['sqlite', 'postgres'] as const)
  test(`${kind}: what a session has open is told by the nodes that hold it, and added up`, async (t) => {
    const { store, upstream, nodes, session } = await fleet(t, kind, '10s');
    upstream.on('/events', ticks(100));
    const { cookie, id } = await session();
    const other = await session();
    const sockets = nodes.map(({ port }) => {
      const socket = connect(port, '127.0.0.1');
      t.after(() => socket.destroy());
      socket.on('error', () => {}).resume();
      socket.write(['GET /events HTTP/1.1', 'Host: app.test', `Cookie: ${cookie}`, '', ''].join('\r\n'));
      return socket;
    });
    const open = async () => store.streams.of([id, other.id, 'nobody'], Date.now());
    await until(async () => (await open()).get(id) === nodes.length, 30_000);
    assert.deepEqual([...(await open()).values()], [nodes.length, 0, 0]);
    for (const socket of sockets) socket.destroy();
    await until(async () => (await open()).get(id) === 0, 30_000);
    assert.deepEqual(await store.streams.of([id], Date.now()), new Map([[id, 0]]));

    // What is told, is believed, and is kept has bounds.
    const now = Date.now();
    const many = new Map(Array.from({ length: MOST_TOLD + 1 }, (_, n) => [`s${n}`, MOST_TOLD + 2 - n]));
    await store.streams.tell('far', many, now);
    assert.deepEqual(
      [...(await store.streams.of(['s0', `s${MOST_TOLD}`, id], now)).values()],
      [MOST_TOLD + 2, null, null],
      'of which a node does not tell nothing is known',
    );
    assert.equal((await store.streams.of([id], now + BELIEVED_MS + 1)).get(id), 0, 'who is gone is not believed');
    await store.streams.tell('far', new Map([[id, 2]]), now);
    await store.streams.tell('near', new Map([[id, 1]]), now + 1);
    assert.equal((await store.streams.of([id], now)).get(id), 3);
    await store.streams.tell('near', new Map([[id, 1]]), now + 3_600_000);
    assert.equal((await store.streams.of([id], now)).get(id), 0, 'what a node that is gone left behind is taken away');
    await store.streams.tell('near', new Map(), now);
  });

test('an act that ends sessions besides is measured: by its face, and on record', async () => {
  const sally = await startApi();
  try {
    sally.upstream.on('/events', ticks(20));
    const cookie = await sally.session('ada');
    await sally.session('ada', { appId: 'wiki' });
    const socket = connect(sally.port, '127.0.0.1');
    socket.on('error', () => {}).resume();
    socket.write(['GET /events HTTP/1.1', 'Host: app.test', `Cookie: ${cookie}`, '', ''].join('\r\n'));
    await once(socket, 'data');
    const { manage } = sally;
    const [shown] = (await listSessions.ask(manage, { appId: 'portal' })).map(({ streams }) => streams);
    assert.equal(typeof shown, 'number');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const { client } = await tokenOf(sally, { role: 'administrator', operations: ['account.disable'] });
    const answer = await client.ask('POST', '/api/v1/accounts/id-ada/disable', { json: {} });
    await closed;
    const told = JSON.parse(answer.body) as { sessionsEnded: number; in_force: { streams: number } };
    assert.equal(answer.status, 200, answer.body);
    assert.deepEqual([told.sessionsEnded, told.in_force.streams], [2, 1]);
    const [entry] = await manage.store.audit.list({ kind: 'session.stopped', limit: 1 });
    const { what, sessions, streams } = JSON.parse(entry?.detail ?? '{}') as Record<string, unknown>;
    assert.deepEqual({ what, sessions, streams }, { what: 'disabled', sessions: 2, streams: 1 });
    // Where nothing ended there is nothing to tell.
    await sally.session('bob', { appId: 'wiki' });
    await disableAccount.perform(manage, { account: 'id-bob' });
    assert.equal((await manage.store.audit.list({ kind: 'session.stopped', limit: 9 })).length, 1);
  } finally {
    await sally.close();
  }
});
