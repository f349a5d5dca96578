import assert from 'node:assert/strict';
import test from 'node:test';
import { contentOf, POSTS } from '../support/addresses.ts';
import { Keyholder } from '../support/keyholder.ts';
import { type Send, withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ host: 'portal.localhost' }));
const P = '/.sallyport';

/** Every state change of the table, with what would make it succeed. */
function deeds(ada: Keyholder, id: string, created: string, asserted: string): Record<string, Record<string, string>> {
  return {
    [`${P}/language`]: { language: 'cy', next: '/' },
    [`${P}/sign-in`]: { account: ada.name, password: ada.password },
    [`${P}/sign-in/totp`]: { code: ada.codeOf(ada.step + 1) },
    [`${P}/sign-in/recovery`]: { code: ada.recoveryCodes[0] ?? '' },
    [`${P}/sign-in/passkey`]: { response: asserted },
    [`${P}/sign-in/passkey/options`]: {},
    [`${P}/enrol`]: { ticket: 'abcdefghijklmnopqrstuvwxyz' },
    [`${P}/enrol/password`]: { password: 'a password of the attacker' },
    [`${P}/enrol/password/advice`]: { password: 'a password of the attacker' },
    [`${P}/enrol/choose`]: {},
    [`${P}/enrol/extend`]: {},
    [`${P}/enrol/totp`]: {},
    [`${P}/enrol/totp/confirm`]: { code: '000000' },
    [`${P}/enrol/passkey/options`]: {},
    [`${P}/enrol/passkey`]: { response: created },
    [`${P}/enrol/finish`]: {},
    [`${P}/account/add`]: {},
    [`${P}/account/authenticators/rename`]: { id, label: 'Theirs' },
    [`${P}/account/authenticators/remove`]: { id },
    [`${P}/account/recovery-codes`]: {},
    [`${P}/account/password`]: { current: ada.password, password: 'a password of the attacker' },
    [`${P}/account/sessions/end`]: { id: 'x' },
    [`${P}/account/sessions/end-others`]: {},
    [`${P}/account/sign-out-everywhere`]: {},
    [`${P}/session/extend`]: {},
    [`${P}/sign-out`]: {},
  };
}

const ORIGINS: readonly (string | null)[] = [
  null,
  'null',
  'http://evil.test',
  'http://localhost',
  'http://evil.localhost',
  'http://sub.portal.localhost',
  'https://portal.localhost',
  'http://portal.localhost:81',
  'http://portal.localhost.',
];

test('no address of the table does anything for another site, and each would for our own', async () => {
  const { sally } = on;
  const ada = new Keyholder(sally, 'ada');
  await ada.enrol();
  await ada.expect(200, ada.post(`${P}/account/add`));
  await ada.expect(200, ada.register(ada.created(await ada.creation())));
  await ada.expect(200, ada.post(`${P}/enrol/finish`));
  const row = await sally.app.store.authenticators.credentialById(ada.device.credentialIds[0] ?? '');
  // Both ceremonies are open, with answers at hand that are good.
  const asserted = ada.answer(await ada.options());
  await ada.expect(200, ada.post(`${P}/account/add`));
  const phone = new Keyholder(sally, 'ada');
  const created = phone.created(await ada.creation());
  const all = deeds(ada, row?.authenticatorId ?? '', created, asserted);
  assert.deepEqual(Object.keys(all).sort(), [...POSTS].sort(), 'the whole table is tried');

  // What the store writes to see that it can be written is nobody's deed.
  const except = ['audit', 'meta'];
  const before = await contentOf(sally, except);
  const refused = async (path: string, how: Send, what: string) => {
    const answer = await sally.send('POST', path, { ...how, cookie: ada.cookie });
    assert.equal(answer.status, 403, `${path} ${what}`);
    assert.match(answer.body, /"code":"wrong-origin"/, `${path} ${what}`);
    assert.deepEqual(answer.all('set-cookie'), [], path);
  };
  for (const [path, fields] of Object.entries(all)) {
    for (const origin of ORIGINS) {
      await refused(path, { json: fields, origin }, `${origin}`);
      await refused(path, { form: fields, origin }, `${origin}, a form`);
    }
    for (const site of ['cross-site', 'same-site', 'nonsense'])
      await refused(path, { json: fields, headers: [['Sec-Fetch-Site', site]] }, site);
    const form = new URLSearchParams(fields).toString();
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) {
      const how = { cookie: ada.cookie, headers: [['X-HTTP-Method-Override', 'POST']] } as const;
      const answer = await sally.send(method, `${path}?${form.slice(0, 2000)}&_method=POST`, how);
      assert.ok(answer.status < 500, `${method} ${path}`);
      assert.deepEqual(answer.all('set-cookie'), [], `${method} ${path}`);
    }
  }
  assert.equal(await contentOf(sally, except), before);
  sally.upstream.silent();
  // The very same bodies from our own page are heard, whatever becomes of them.
  for (const [path, fields] of Object.entries(all)) {
    const answer = await ada.post(path, fields);
    assert.doesNotMatch(answer.body, /wrong-origin/, path);
  }
  assert.notEqual(await contentOf(sally, except), before);
});
