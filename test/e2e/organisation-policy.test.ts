import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { WebSocket } from 'ws';
import { addOrganisation, moveAccount, restrictOrganisation } from '../../src/manage/organisations.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';
import { until } from '../support/shut.ts';
import { postgres } from '../support/stores.ts';
import { webSocketEcho } from '../support/upstream.ts';

type Policy = Parameters<typeof restrictOrganisation.perform>[1]['policy'];

const status = async (sally: Sallyport, cookie: string) => (await sally.send('GET', '/x', { cookie })).status;

async function openSocket(sally: Sallyport, cookie: string): Promise<WebSocket> {
  const headers = { Host: 'app.test', Cookie: cookie, Origin: 'http://app.test' };
  const socket = new WebSocket(`ws://127.0.0.1:${sally.port}/ws`, { headers });
  socket.on('error', () => {});
  await once(socket, 'open');
  return socket;
}

for (const kind of ['sqlite', 'postgres'] as const)
  test(`${kind}: what is stricter for an organisation holds for its people at once, and for nobody else`, async () => {
    const store = kind === 'postgres' ? { postgres: await (await postgres()).migrated() } : {};
    const sally = await startSallyport(store);
    try {
      sally.upstream.on('/ws', webSocketEcho());
      const { manage } = sally;
      const { id: organisation } = await addOrganisation.perform(manage, { name: 'Oak Surgery', realm: 'staff' });
      const [mine, other] = [await sally.session('ada'), await sally.session('bob')];
      await moveAccount.perform(manage, { account: 'id-ada', organisation });
      const restrict = (policy: Policy) => restrictOrganisation.perform(manage, { organisation, policy });
      // A request that is on its way when a policy comes into force is cut, and gets no answer.
      const becomes = (expected: number) =>
        until(async () => (await status(sally, mine).catch(() => null)) === expected);
      const [one, two] = [await openSocket(sally, mine), await openSocket(sally, other)];

      const closed = once(one, 'close');
      await restrict({ apps: ['no'].slice(1) });
      await closed;
      await becomes(403);
      assert.equal(two.readyState, WebSocket.OPEN, 'another organisation is not concerned');
      assert.equal(await status(sally, other), 200);
      await restrict({ apps: ['portal'] });
      await becomes(200);

      await restrict({ networks: ['192.0.2.0/24'] });
      await becomes(403);
      const own = async (path: string, cookie: string) => sally.send('GET', `/.sallyport/${path}`, { cookie });
      assert.match((await own('account', mine)).body, /wrong-network/, 'nothing of the account is shown there');
      assert.equal((await own('account', other)).status, 200);
      assert.notEqual((await own('signed-out', mine)).status, 403);
      await restrict({ networks: ['127.0.0.0/8'] });
      await becomes(200);

      await restrict({ require: 'passkey' });
      await becomes(403);
      const { headers } = await sally.send('GET', '/x', {
        cookie: mine,
        headers: [
          ['Sec-Fetch-Mode', 'navigate'],
          ['Sec-Fetch-Dest', 'document'],
          ['Accept', 'text/html'],
        ],
      });
      const location = headers.find(([name]) => name.toLowerCase() === 'location')?.[1] ?? '';
      assert.match(location, /^\/\.sallyport\/sign-in\/passkey\?/);
      await restrict({ require: null });
      await becomes(200);

      await restrict({ idleMs: 60_000 });
      await becomes(200);
      await sally.advance(90_000);
      assert.equal(await status(sally, mine), 401);
      assert.equal(await status(sally, other), 200);
      two.terminate();
    } finally {
      await sally.close();
    }
  });
