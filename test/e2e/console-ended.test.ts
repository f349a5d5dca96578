import assert from 'node:assert/strict';
import { once } from 'node:events';
import test, { after, before } from 'node:test';
import { addAccount } from '../../src/manage/accounts.ts';
import { OWNER } from '../../src/roles.ts';
import { personOf, startApi } from '../support/api.ts';
import { revokeSessions } from '../support/manage.ts';
import { rawSocket } from '../support/raw.ts';
import type { Sallyport } from '../support/sallyport.ts';

let sally: Sallyport;
before(async () => {
  sally = await startApi();
});
after(() => sally.close());

/** Sends all but the last byte of a change, ends every session of the console, sends the last byte: what is answered. */
async function endedMeanwhile(path: string, how: Parameters<Sallyport['request']>[2]): Promise<string> {
  const { cookie } = await personOf(sally, [OWNER]);
  const text = sally.request('POST', path, { ...how, door: 'console', cookie, origin: 'http://console.test' });
  const port = sally.app.consolePort();
  assert.ok(port !== null);
  const socket = await rawSocket(port);
  let came = '';
  socket.on('data', (chunk: Buffer) => {
    came += chunk.toString('latin1');
  });
  socket.write(text.slice(0, -1));
  // Until it waits for the rest: what may not be asked for at all has been refused by then.
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(came, '');
  await revokeSessions(sally.manage, { by: 'app', appId: 'console' });
  await sally.app.store.settle();
  socket.write(text.slice(-1));
  await once(socket, 'close');
  return came;
}

test('what was begun by a session that has ended since is not done, however late the rest of it comes', async () => {
  const { id } = await addAccount.perform(sally.manage, { name: 'ann' });
  const disabled = await endedMeanwhile(`/api/v1/accounts/${id}/disable`, { json: {} });
  assert.match(disabled, /^HTTP\/1\.1 401 /);
  assert.equal((await sally.app.store.accounts.byId(id))?.disabledAt, null);
  const portal = await sally.session('ben');
  const ended = await endedMeanwhile('/sessions/end-of-app', { form: { app: 'portal' } });
  assert.match(ended, /^HTTP\/1\.1 401 /);
  assert.equal((await sally.send('GET', '/', { cookie: portal })).status, 200);
});
