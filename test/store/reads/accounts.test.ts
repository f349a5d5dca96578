import assert from 'node:assert/strict';
import { type AccountWish, findAccounts } from '../../../src/manage/account-find.ts';
import type { ManageContext } from '../../../src/manage/context.ts';
import { cursorOf } from '../../../src/manage/places.ts';
import { OWNER } from '../../../src/roles.ts';
import { eachStore } from '../../support/stores.ts';
import { askerOf, DAY, NOW, organisation, person, personWith } from './office.ts';

const names = async (ctx: ManageContext, wish: AccountWish = {}) =>
  (await findAccounts.ask(ctx, wish)).rows.map(({ name }) => name);

eachStore('an account stands in one word, by what works for it now', async ({ store }) => {
  await organisation(store, 'home');
  const ctx = askerOf(store);
  await person(
    store,
    { id: '1', name: 'a.passkey' },
    { factors: [{ kind: 'passkey', lastUsedAt: NOW - 5 }, { kind: 'recovery' }] },
  );
  await person(store, { id: '2', name: 'b.code' }, { factors: [{ lastUsedAt: NOW - DAY }], ticketUntil: NOW + DAY });
  await person(store, { id: '3', name: 'c.locked' }, { factors: [{ disabledAt: 1 }] });
  await person(store, { id: '4', name: 'd.invited' }, { ticketUntil: NOW + DAY });
  await person(store, { id: '5', name: 'e.late' }, { ticketUntil: NOW });
  await person(store, { id: '6', name: 'f.codes' }, { factors: [{ kind: 'recovery' }] });
  await person(store, { id: '7', name: 'g.gone', disabledAt: 9 }, { factors: [{}], ticketUntil: NOW + DAY });
  const { rows, total, more, next } = await findAccounts.ask(ctx, {});
  assert.deepEqual(
    rows.map(({ name, state, factors, lastUsedAt, ticketUntil }) => [name, state, factors, lastUsedAt, ticketUntil]),
    [
      ['a.passkey', 'protected', ['passkey', 'recovery'], NOW - 5, null],
      ['b.code', 'protected', ['totp'], NOW - DAY, NOW + DAY],
      ['c.locked', 'none', [], null, null],
      ['d.invited', 'invited', [], null, NOW + DAY],
      ['e.late', 'none', [], null, null],
      ['f.codes', 'none', ['recovery'], null, null],
      ['g.gone', 'disabled', ['totp'], null, NOW + DAY],
    ],
  );
  assert.deepEqual([total, more, next], [7, false, null]);
  for (const state of ['protected', 'invited', 'none', 'disabled'] as const)
    assert.deepEqual(
      await names(ctx, { state }),
      rows.filter((row) => row.state === state).map(({ name }) => name),
    );
  assert.deepEqual(await names(ctx, { factor: 'passkey' }), ['a.passkey']);
  assert.deepEqual(await names(ctx, { factor: 'recovery' }), ['a.passkey', 'f.codes']);
  // What the triggers keep follows every change.
  await store.underAccount('2', (tx) => tx.authenticators.remove('2-0'));
  await store.underAccount('1', (tx) => tx.authenticators.addFailure('1-0', 1, NOW));
  assert.deepEqual(await names(ctx, { state: 'protected' }), []);
  assert.deepEqual(await names(ctx, { state: 'invited' }), ['b.code', 'd.invited']);
  await store.underAccount('1', (tx) => tx.accounts.remove('1'));
  assert.deepEqual(await names(ctx, { factor: 'recovery' }), ['f.codes']);
});

eachStore(
  'accounts are found by part of name or address, whole id, realm, group, role and last use',
  async ({ store }) => {
    await organisation(store, 'home');
    const ctx = askerOf(store);
    await person(store, { id: 'one', name: 'ada.owen', email: 'Ada.Owen@Example.org', groups: ['ops'] });
    await person(
      store,
      { id: 'two', name: 'bob_owen', groups: ['ops2'], roles: [OWNER] },
      { factors: [{ lastUsedAt: NOW - DAY }] },
    );
    await person(store, { id: 'three', name: 'straße'.toUpperCase().toLowerCase(), createdAt: NOW - DAY });
    const found: readonly (readonly [AccountWish, readonly string[]])[] = [
      [{ text: 'owen' }, ['ada.owen', 'bob_owen']],
      [{ text: ' OWEN ' }, ['ada.owen', 'bob_owen']],
      [{ text: 'ada.owen@EXAMPLE' }, ['ada.owen']],
      [{ text: 'two' }, ['bob_owen']],
      [{ text: 'tw' }, []],
      [{ text: 'straße' }, ['strasse']],
      [{ text: '%' }, []],
      [{ text: 'a_a' }, []],
      [{ text: 'b_owen' }, ['bob_owen']],
      [{ text: 'a%a' }, []],
      [{ text: 'owen@ex_mple' }, []],
      [{ text: 'OWEN@exAmple.' }, ['ada.owen']],
      [{ text: "' or 1=1 --" }, []],
      [{ text: '\\' }, []],
      [{ text: '' }, ['ada.owen', 'bob_owen', 'strasse']],
      [{ group: 'ops' }, ['ada.owen']],
      [{ group: 'op%' }, []],
      [{ state: 'role' }, ['bob_owen']],
      [{ unusedFor: 2 * DAY }, ['ada.owen']],
      [{ unusedFor: DAY }, ['ada.owen', 'bob_owen', 'strasse']],
      [{ realm: 'local', text: 'owen', state: 'protected' }, ['bob_owen']],
    ];
    for (const [wish, expected] of found) assert.deepEqual(await names(ctx, wish), expected, JSON.stringify(wish));
  },
);

eachStore('pages follow each other without a gap, whatever is added meanwhile', async ({ store }) => {
  await organisation(store, 'home');
  const ctx = askerOf(store);
  for (let i = 10; i < 21; i += 1) await person(store, { id: `id-${i}`, name: `person${i}` });
  const first = await findAccounts.ask(ctx, { limit: 4 });
  assert.deepEqual([first.total, first.more], [11, false]);
  await person(store, { id: 'before', name: 'person00' });
  const seen = [...first.rows];
  for (let { next } = first; next !== null; ) {
    const page = await findAccounts.ask(ctx, { limit: 4, cursor: next });
    seen.push(...page.rows);
    next = page.next;
  }
  assert.deepEqual(
    seen.map(({ name }) => name),
    Array.from({ length: 11 }, (_, i) => `person${i + 10}`),
  );
});

eachStore('a forged cursor and hostile words are refused, and read nothing', async ({ store }) => {
  await organisation(store, 'home');
  const ctx = askerOf(store);
  await person(store, { id: '1', name: 'ada' });
  const forged = [
    '',
    'x',
    '====',
    cursorOf([]),
    cursorOf(['a']),
    cursorOf(['a', 1]),
    cursorOf(['a', 'b', 'c']),
    cursorOf(['\0', 'b']),
    cursorOf(['\ud800', 'b']),
    cursorOf(['a'.repeat(600), 'b']),
    `${cursorOf(['a', 'b'])}=`,
    'A'.repeat(3000),
    Buffer.from('{"__proto__":1}').toString('base64url'),
  ];
  for (const cursor of forged)
    await assert.rejects(findAccounts.ask(ctx, { cursor }), { code: 'usage' }, cursor.slice(0, 40));
  const hostile: unknown[] = [
    { text: 'a\0b' },
    { text: '\ud800' },
    { text: 'a\nb' },
    { text: 'a\u202eb' },
    { text: 'a'.repeat(129) },
    { text: 7 },
    { limit: 0 },
    { limit: 201 },
    { limit: 1.5 },
    { limit: Number.NaN },
    { unusedFor: -1 },
    { unusedFor: Number.POSITIVE_INFINITY },
    { state: 'any' },
    { factor: 'password' },
    { realm: 'nowhere' },
    { sort: 'id' },
  ];
  for (const wish of hostile)
    await assert.rejects(findAccounts.ask(ctx, wish as AccountWish), { code: 'usage' }, JSON.stringify(wish));
  await assert.rejects(findAccounts.ask(ctx, { organisation: 'nowhere' }), { code: 'not-found' });
  // A place that nobody was given is only a place.
  assert.deepEqual(await names(ctx, { cursor: cursorOf(['a', '']) }), ['ada']);
});

eachStore('who looks after some organisations finds nobody else, and is told nothing of them', async ({ store }) => {
  for (const id of ['home', 'mine', 'other']) await organisation(store, id);
  const ctx = await personWith(store, 'helper', [{ role: 'help-desk', organisation: 'mine' }]);
  await person(store, { id: '1', name: 'ada', organisationId: 'mine', groups: ['ops'] }, { factors: [{}] });
  const wishes: readonly AccountWish[] = [
    {},
    { text: 'a' },
    { text: 'other-1' },
    { state: 'protected' },
    { group: 'ops' },
    { limit: 1 },
    { organisation: 'mine' },
    { cursor: cursorOf(['aa', '']) },
  ];
  const answers = async () => JSON.stringify(await Promise.all(wishes.map((wish) => findAccounts.ask(ctx, wish))));
  const before = await answers();
  assert.deepEqual(await names(ctx), ['ada']);
  for (let i = 0; i < 5; i += 1)
    await person(
      store,
      { id: `other-${i}`, name: `aa${i}`, organisationId: 'other', groups: ['ops'], roles: [OWNER] },
      { factors: [{ kind: 'passkey', lastUsedAt: NOW }], ticketUntil: NOW + DAY },
    );
  assert.equal(await answers(), before);
  await assert.rejects(findAccounts.ask(ctx, { organisation: 'other' }), { code: 'not-found' });
  assert.equal((await findAccounts.ask(askerOf(store), {})).total, 7);
});
