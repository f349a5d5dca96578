import assert from 'node:assert/strict';
import { showAccountPage } from '../../../src/manage/account-page.ts';
import { listApps } from '../../../src/manage/apps.ts';
import type { ManageContext } from '../../../src/manage/context.ts';
import { explainRequest } from '../../../src/manage/explain.ts';
import { ACTS, QUERIES, showMe } from '../../../src/manage/operations.ts';
import { showOverview } from '../../../src/manage/overview.ts';
import { cursorOf } from '../../../src/manage/places.ts';
import { findSessions } from '../../../src/manage/session-find.ts';
import { OWNER } from '../../../src/roles.ts';
import { credentialRow } from '../../support/rows.ts';
import { eachStore } from '../../support/stores.ts';
import { APP, askerOf, CONFIG, DAY, entry, NOW, organisation, person, personWith } from './office.ts';

const exemption = {
  method: 'GET',
  path: '/healthz',
  reason: 'probe',
  owner: 'ops@example.org',
  expires: '2026-06-01',
  expiresAt: NOW + 12 * DAY,
};

function withExemptions(ctx: ManageContext): ManageContext {
  const over = { ...exemption, path: '/old', expiresAt: NOW - DAY };
  const later = { ...exemption, path: '/later', expiresAt: NOW + 90 * DAY };
  const app = { ...APP, exemptions: [exemption, over, later] };
  return { ...ctx, config: { ...CONFIG, apps: [app] } };
}

eachStore(
  'the page of an account has all that is its own, and of the record as much as its reader may see',
  async ({ store }) => {
    for (const id of ['home', 'mine', 'other']) await organisation(store, id);
    await person(
      store,
      { id: 'ada', name: 'ada', organisationId: 'mine' },
      {
        factors: [
          { id: 'key', kind: 'passkey', label: 'laptop', lastUsedAt: NOW - 3 },
          { id: 'app', lastUsedAt: NOW - 9 },
        ],
        ticketUntil: NOW + DAY,
        session: true,
      },
    );
    await store.underAccount('ada', (tx) =>
      tx.authenticators.insertCredential(credentialRow({ authenticatorId: 'key', aaguid: 'ab', backupEligible: true })),
    );
    await store.underAccount('ada', (tx) => tx.appNames.put({ accountId: 'ada', appId: 'portal', name: 'ADA1' }));
    for (let i = 0; i < 25; i += 1) await entry(store, { at: NOW - 100 + i, kind: 'account.set', accountId: 'ada' });
    await entry(store, { at: NOW - 200, accountId: 'ada' });
    const page = await showAccountPage.ask(askerOf(store), { account: 'ada' });
    assert.equal(page.organisation, 'Practice mine');
    assert.deepEqual(
      [page.state, page.lastUsedAt, page.account.lastSignIn, page.history],
      ['protected', NOW - 3, NOW - 200, 'all'],
    );
    assert.deepEqual(
      page.authenticators.map(({ id, aaguid, synced }) => [id, aaguid, synced]),
      [
        ['app', null, null],
        ['key', 'ab', true],
      ],
    );
    assert.deepEqual(
      [page.sessions.length, page.tickets.length, page.names[0]?.name, page.record.length],
      [1, 1, 'ADA1', 20],
    );
    assert.ok(!JSON.stringify(page).includes('hash'), 'nothing of a secret');
    const helper = await personWith(store, 'helper', [
      { role: 'help-desk', organisation: 'mine' },
      { role: 'auditor', organisation: 'other' },
    ]);
    const helped = await showAccountPage.ask(helper, { account: 'ada' });
    assert.deepEqual([helped.history, helped.record.map(({ kind }) => kind)], ['sign-ins', ['session.open']]);
    const stranger = await personWith(
      store,
      'stranger',
      [OWNER].map(({ role }) => ({ role, organisation: 'other' })),
    );
    await assert.rejects(showAccountPage.ask(stranger, { account: 'ada' }), { code: 'not-found' });
    await assert.rejects(showAccountPage.ask(stranger, { account: 'nobody' }), { code: 'not-found' });
  },
);

eachStore('the overview counts each organisation, and says what needs a person', async ({ store }) => {
  for (const id of ['home', 'mine', 'empty']) await organisation(store, id);
  const mine = { organisationId: 'mine' };
  await person(store, { id: '1', name: '1', ...mine }, { factors: [{ kind: 'passkey' }, {}] });
  await person(store, { id: '2', name: '2', ...mine }, { factors: [{}], ticketUntil: NOW + DAY });
  await person(store, { id: '3', name: '3', ...mine }, { factors: [{ kind: 'recovery' }] });
  await person(store, { id: '4', name: '4', ...mine }, { ticketUntil: NOW + DAY });
  await person(store, { id: '5', name: '5', ...mine, disabledAt: 1 }, { factors: [{}] });
  await person(store, { id: '6', name: '6', organisationId: 'home' });
  await entry(store, { at: NOW, accountId: '1' });
  await entry(store, { at: NOW - DAY, accountId: '1' });
  await entry(store, { at: NOW - DAY, accountId: '1', kind: 'sign-in.second', outcome: 'refused' });
  await entry(store, { at: NOW - 14 * DAY, accountId: '1' });
  await entry(store, { at: NOW, kind: 'notice.failed', outcome: 'failed' });
  const ctx = withExemptions(askerOf(store));
  const seen = await showOverview.ask(ctx, {});
  const of = (id: string) => seen.organisations.find((each) => each.id === id);
  assert.deepEqual(of('mine'), {
    ...{
      id: 'mine',
      realm: 'local',
      name: 'Practice mine',
      accounts: 5,
      protected: 2,
      invited: 1,
      none: 1,
      disabled: 1,
    },
    ...{ passkey: 1, totp: 1, recoveryOnly: 1 },
  });
  assert.deepEqual([of('home')?.none, of('empty')?.accounts, seen.total.accounts], [1, 0, 6]);
  assert.equal(seen.days.length, 14);
  assert.deepEqual(
    seen.days.slice(-2).map(({ signIns, refused }) => [signIns, refused]),
    [
      [1, 1],
      [1, 0],
    ],
  );
  assert.equal(
    seen.days.reduce((all, { signIns }) => all + signIns, 0),
    2,
  );
  assert.deepEqual(
    seen.endings.map(({ place, over }) => [place, over]),
    [
      ['GET /old', true],
      ['GET /healthz', false],
    ],
  );
  assert.deepEqual(seen.needs, [
    { what: 'exemption-over', count: 1 },
    { what: 'exemption-ends', count: 1 },
    { what: 'without-factor', count: 2 },
    { what: 'invited', count: 1 },
    { what: 'recovery-only', count: 1 },
    { what: 'notice-failed', count: 1 },
  ]);
  // Days that are over are counted once; today again and again.
  await entry(store, { at: NOW, accountId: '1' });
  assert.equal((await showOverview.ask(ctx, {})).days.at(-1)?.signIns, 2);
});

eachStore(
  'the overview and the sessions of some organisations are the same whatever the others have',
  async ({ store }) => {
    for (const id of ['home', 'mine', 'other']) await organisation(store, id);
    const ctx = withExemptions(await personWith(store, 'auditor', [{ role: 'auditor', organisation: 'mine' }]));
    await person(store, { id: '1', name: '1', organisationId: 'mine' }, { factors: [{}], session: true });
    await entry(store, { accountId: '1' });
    const answers = async () =>
      JSON.stringify([
        await showOverview.ask(ctx, {}),
        await findSessions.ask(ctx, {}),
        await findSessions.ask(ctx, { app: 'portal', limit: 1 }),
        await showMe.ask(ctx, {}),
      ]);
    const before = await answers();
    await person(
      store,
      { id: '2', name: '2', organisationId: 'other' },
      { factors: [{}], session: true, ticketUntil: NOW + DAY },
    );
    await entry(store, { accountId: '2' });
    await entry(store, { kind: 'notice.failed', outcome: 'failed', accountId: '2' });
    assert.equal(await answers(), before);
    const { endings, organisations } = await showOverview.ask(ctx, {});
    assert.deepEqual([endings, organisations.map(({ id }) => id)], [[], ['mine']]);
    await assert.rejects(findSessions.ask(ctx, { organisation: 'other' }), { code: 'not-found' });
    await assert.rejects(findSessions.ask(ctx, { account: '2' }), { code: 'not-found' });
  },
);

eachStore('sessions come page by page, and what is over is not among them', async ({ store }) => {
  await organisation(store, 'home');
  const ctx = askerOf(store);
  for (let i = 0; i < 7; i += 1)
    await person(store, { id: `${i}`, name: `${i}`, organisationId: 'home' }, { session: true });
  await store.underAccount('3', (tx) => tx.sessions.end({ by: 'account', accountId: '3' }, 'revoked', NOW));
  const first = await findSessions.ask(ctx, { limit: 4 });
  assert.deepEqual([first.total, first.rows.length], [6, 4]);
  const rest = await findSessions.ask(ctx, { limit: 4, cursor: first.next ?? '' });
  assert.deepEqual(
    [...first.rows, ...rest.rows].map(({ account }) => account),
    ['6', '5', '4', '2', '1', '0'],
  );
  assert.equal(rest.next, null);
  assert.equal((await findSessions.ask(ctx, { organisation: 'home' })).total, 6);
  for (const cursor of ['x', cursorOf(['a', 'b']), cursorOf([1])])
    await assert.rejects(findSessions.ask(ctx, { cursor }), { code: 'usage' });
});

eachStore('who I am and what I may ask for comes from the tables', async ({ store }) => {
  for (const id of ['home', 'mine']) await organisation(store, id);
  const owner = await personWith(store, 'owner', [OWNER]);
  const own = await showMe.ask(owner, {});
  const faced = (all: readonly { name: string; http: string | null }[]) =>
    all.filter(({ http }) => http !== null).map(({ name }) => name);
  assert.deepEqual(
    own.acts.map(({ name }) => name),
    faced(ACTS),
  );
  assert.deepEqual(
    own.queries.map(({ name }) => name),
    faced(QUERIES),
  );
  assert.deepEqual([own.kind, own.name, own.organisation], ['person', 'owner', 'Practice home']);
  const helper = await personWith(store, 'helper', [{ role: 'help-desk', organisation: 'mine' }]);
  const mine = await showMe.ask(helper, {});
  assert.deepEqual(mine.grants, [{ role: 'help-desk', organisation: 'mine', organisationName: 'Practice mine' }]);
  assert.ok(mine.acts.some(({ name, fresh, everything }) => name === 'ticket.issue' && fresh && !everything));
  for (const name of ['account.remove', 'key.rotate', 'app.list', 'record.find'])
    assert.ok(![...mine.acts, ...mine.queries].some((each) => each.name === name), name);
});

eachStore('apps and what a request would meet are told as commands tell them', async ({ store }) => {
  await organisation(store, 'home');
  const ctx = withExemptions(askerOf(store));
  const [app] = await listApps.ask(ctx, {});
  assert.deepEqual(
    app?.routes.map(({ method, path, requires, exemption: of }) => [method, path, requires, of?.expired ?? null]),
    [
      ['GET', '/healthz', 'none', false],
      ['GET', '/old', 'mfa', true],
      ['GET', '/later', 'none', false],
      ['*', '/**', 'mfa', null],
    ],
  );
  await person(store, { id: 'ada', name: 'ada' });
  const url = (path: string) => `${APP.origin}${path}`;
  const open = await explainRequest.ask(ctx, { method: 'get', url: url('/healthz'), account: 'ada' });
  assert.deepEqual([open.verdict, open.account?.may], ['exempt', true]);
  const closed = await explainRequest.ask(ctx, { method: 'GET', url: url('/a'), account: 'ada' });
  assert.deepEqual([closed.verdict, closed.account?.may], ['session', false]);
  assert.equal((await explainRequest.ask(ctx, { method: 'GET', url: url('/a/../b') })).verdict, 'refused');
  assert.equal((await explainRequest.ask(ctx, { method: 'GET', url: 'https://nowhere.example/' })).app, null);
  for (const wish of [
    { method: 'GET', url: '/a' },
    { method: 'GET', url: 'javascript:alert(1)' },
    { method: 'G T', url: url('/') },
    { method: 'GET', url: url(`/${'a'.repeat(9000)}`) },
  ])
    await assert.rejects(explainRequest.ask(ctx, wish), { code: 'usage' }, JSON.stringify(wish).slice(0, 60));
  await assert.rejects(explainRequest.ask(ctx, { method: 'GET', url: url('/a'), account: 'nobody' }), {
    code: 'not-found',
  });
});
