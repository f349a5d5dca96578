import assert from 'node:assert/strict';
import test from 'node:test';
import { countSealedRows } from '../support/count-rows.ts';
import { Keyholder } from '../support/keyholder.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';
import { postgres } from '../support/stores.ts';

const HOST = 'portal.localhost';
const PASSKEY = '/.sallyport/sign-in/passkey';
const GONE = `${'A'.repeat(43)}`;

/** What is sent by whoever has no ceremony that it could be an answer to. */
async function answersOf(sally: Sallyport, alice: Keyholder): Promise<Map<string, string>> {
  const forged = { ...((await alice.another().options({ start: 'yes' })) as object), challenge: 'A'.repeat(72) };
  const named = alice.another();
  await named.expect(200, named.begin());
  const other = alice.another();
  const used = other.answer(await other.options({ start: 'yes' }));
  assert.equal((await other.say(used, { start: 'yes' })).status, 200);
  const all = new Map([
    ['nothing', '{}'],
    ['no JSON', 'x'],
    ['a list', '[]'],
    ['too long', 'x'.repeat(9000)],
    ['another way of signing in', JSON.stringify({ type: 'password', id: 'a' })],
    ['a challenge of nobody’s', alice.answer(forged)],
    ['of another browser', alice.answer(await alice.another().options({ start: 'yes' }))],
    ['of another one’s second step', named.answer(await named.options())],
    ['of a confirmation', alice.answer(await alice.options())],
    ['used up', used],
  ]);
  const [id = ''] = alice.device.credentialIds;
  const broken = JSON.parse(alice.answer(forged, { badSignature: true })) as object;
  all.set('with the name of a passkey alone', JSON.stringify({ ...broken, id, rawId: id }));
  const late = alice.answer(await alice.another().options({ start: 'yes' }));
  await sally.advance(300_001);
  return all.set('from before', late);
}

for (const kind of ['sqlite', 'postgres'] as const)
  test(`an answer that names no ceremony of its sender’s leaves nothing, and is nobody’s failure: ${kind}`, async () => {
    const database: { readonly postgres?: string } =
      kind === 'postgres' ? { postgres: await (await postgres()).migrated() } : {};
    const sally = await startSallyport({ host: HOST, top: ['trusted_proxies: [127.0.0.1]'], ...database });
    try {
      const alice = new Keyholder(sally, 'alice', { counts: false });
      await alice.enrolKey();
      const all = await answersOf(sally, alice);
      const holders: Readonly<Record<string, string>> = {
        nothing: '',
        'a sign-in that is gone': `__Host-sallyport-pending=${GONE}; sallyport-pending=${GONE}`,
        'a session, and a sign-in that is gone': `${alice.cookie}; __Host-sallyport-pending=${GONE}; sallyport-pending=${GONE}`,
        'a session': alice.cookie,
      };
      const state = async () => {
        const account = await sally.app.store.accounts.byName('staff', 'alice');
        const rows = await sally.app.store.authenticators.ofAccount(account?.id ?? '');
        const { meta: _, ...tables } = await countSealedRows(database.postgres, sally.data);
        const refused = (await sally.audit('sign-in.second')).concat(await sally.audit('sign-in.step-up'));
        return { tables, rows, refused: refused.filter(({ outcome }) => outcome === 'refused').length };
      };
      let n = 0;
      const send = (cookie: string, response: string) => {
        n += 1;
        const headers = [['X-Forwarded-For', `203.0.113.${n}`]] as const;
        return sally.send('POST', PASSKEY, { json: { response }, cookie, headers });
      };
      await send('', '{}');
      const before = await state();
      for (const [has, cookie] of Object.entries(holders))
        for (const [what, response] of all) {
          const { status } = await send(cookie, response);
          assert.ok([400, 401, 413].includes(status), `${what}, with ${has}: ${status}`);
        }
      assert.deepEqual(await state(), before);
      // Of one address no more than thirty a minute.
      const flood = { json: { response: '{}' }, headers: [['X-Forwarded-For', '198.51.100.1']] as const };
      for (let i = 0; i < 30; i += 1) assert.equal((await sally.send('POST', PASSKEY, flood)).status, 401);
      const more = await sally.send('POST', PASSKEY, flood);
      assert.equal(more.status, 429);
      assert.ok(Number(more.header('retry-after')) > 0);
      assert.deepEqual(await state(), before);
    } finally {
      await sally.close();
    }
  });
