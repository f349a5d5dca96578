import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { setAccount } from '../../src/manage/account-set.ts';
import { issueToken } from '../../src/manage/operations.ts';
import { addOrganisation, moveAccount } from '../../src/manage/organisations.ts';
import { grantRole } from '../../src/manage/roles.ts';
import type { Role } from '../../src/roles.ts';
import { issueTicket } from '../support/manage.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { type Sallyport, type Send, startSallyport } from '../support/sallyport.ts';

const CONSOLE = 'origin: "http://console.test", require: mfa';
const NAVIGATES = [
  ['Accept', 'text/html'],
  ['Sec-Fetch-Mode', 'navigate'],
  ['Sec-Fetch-Dest', 'document'],
] as const;
const LANGUAGES = ['en', 'cy', 'ar'] as const;

/** Who holds which role: for everything, or for the first organisation alone. */
const ASKERS: readonly (readonly [name: string, role: Role, confined: boolean])[] = [
  ['owner', 'owner', false],
  ['admin', 'administrator', false],
  ['desk', 'help-desk', false],
  ['reader', 'auditor', false],
  ['own-admin', 'administrator', true],
  ['own-desk', 'help-desk', true],
  ['own-reader', 'auditor', true],
];

/** What of the other organisation must not be seen by whoever holds a role for the first alone. */
const OF_OTHERS = /otheronly|Other Practice|other@contact|other-group|otherbox|other program|id-otheronly/;

let sally: Sallyport;
const cookies = new Map<string, string>();
const organisations = new Map<string, string>();

const idOf = (key: string): string => organisations.get(key) ?? '';

async function person(name: string, key: string, group: string): Promise<void> {
  await sally.session(name);
  await moveAccount.perform(sally.manage, { account: name, organisation: idOf(key) });
  await setAccount.perform(sally.manage, { account: name, email: `${name}box@people.test`, groups: [group] });
}

before(async () => {
  sally = await startSallyport({ console: CONSOLE });
  const { manage } = sally;
  for (const [key, name, contact] of [
    ['first', 'First Practice', 'first@contact.test'],
    ['other', 'Other Practice', 'other@contact.test'],
  ] as const)
    organisations.set(key, (await addOrganisation.perform(manage, { name, contact })).id);
  await person('ada', 'first', 'nurses');
  await person('otheronly', 'other', 'other-group');
  await issueTicket(manage, 'otheronly', {}, 'staff');
  await grantRole.perform(manage, { account: 'otheronly', role: 'help-desk', organisation: idOf('other') });
  const wish = { name: 'other program', role: 'auditor', organisations: [idOf('other')] } as const;
  await issueToken.perform(manage, { ...wish, operations: ['account.find'] });
  for (const [name, role, confined] of ASKERS) {
    await sally.session(name);
    await grantRole.perform(manage, { account: name, role, ...(confined ? { organisation: idOf('first') } : {}) });
    cookies.set(name, await sally.session(name, { appId: 'console' }));
  }
});
after(() => sally.close());

function ask(name: string, method: string, target: string, how: Send = {}): Promise<ParsedAnswer> {
  const cookie = cookies.get(name) ?? '';
  return sally.send(method, target, { door: 'console', cookie, headers: NAVIGATES, ...how });
}

const ALL = ['owner', 'administrator', 'help-desk', 'auditor'] as const;
const GIVERS = ['owner', 'administrator'] as const;
const SEES_ROLES = ['owner', 'administrator', 'auditor'] as const;

interface Page {
  readonly roles: readonly Role[];
  /** Of the other organisation: as if it were not there, for whoever has no business with it. */
  readonly others?: true;
  /** Needs a role for everything. */
  readonly everything?: true;
}

/** Every page, and whose it is. */
function pages(): Readonly<Record<string, Page>> {
  return {
    '/me': { roles: ALL },
    '/accounts': { roles: ALL },
    '/accounts?text=a&state=none&unused=30': { roles: ALL },
    '/accounts?text=nobody-at-all': { roles: ALL },
    '/accounts/new': { roles: GIVERS },
    '/accounts/id-ada': { roles: ALL },
    '/accounts/id-otheronly': { roles: ALL, others: true },
    '/sessions': { roles: ALL },
    '/sessions?app=portal': { roles: ALL },
    '/sessions?text=nobody-at-all': { roles: ALL },
    '/organisations': { roles: ALL },
    '/organisations?text=practice': { roles: ALL },
    '/organisations/new': { roles: GIVERS, everything: true },
    [`/organisations/${idOf('first')}`]: { roles: ALL },
    [`/organisations/${idOf('other')}`]: { roles: ALL, others: true },
    '/roles': { roles: SEES_ROLES },
    '/tokens': { roles: SEES_ROLES },
    '/tokens/new': { roles: GIVERS },
    '/lock-down': { roles: ALL },
    '/': { roles: ALL },
    '/record': { roles: SEES_ROLES },
    '/record?kind=session.open&from=2020-01-01&to=2099-01-01': { roles: SEES_ROLES },
    '/record?kind=nothing&outcome=x&from=y&cursor=z': { roles: SEES_ROLES },
    '/coverage': { roles: SEES_ROLES },
    '/coverage?day=2020-01-01&class=none&app=nothing&organisation=nobody': { roles: SEES_ROLES },
    '/coverage?day=2099-01-01&class=x&cursor=z': { roles: SEES_ROLES },
    '/coverage/trend': { roles: SEES_ROLES },
    '/coverage/trend?from=2020-01-01&to=2020-02-30&organisation=nobody': { roles: SEES_ROLES },
    '/apps': { roles: SEES_ROLES, everything: true },
    '/apps?method=GET&url=nonsense&account=nobody': { roles: SEES_ROLES, everything: true },
    '/exemptions': { roles: SEES_ROLES, everything: true },
  };
}

for (const [name, role, confined] of ASKERS) {
  test(`every page in every language for ${name}: what the role is for, and nothing of another organisation`, async () => {
    for (const [target, page] of Object.entries(pages())) {
      const allowed = page.roles.includes(role) && !(page.everything === true && confined);
      const expected = page.others === true && confined ? 404 : allowed ? 200 : 403;
      for (const language of LANGUAGES) {
        const headers = [...NAVIGATES, ['Accept-Language', language] as const];
        const answer = await ask(name, 'GET', target, { headers });
        assert.equal(answer.status, expected, `${name} at ${target} in ${language}`);
        assert.match(answer.body, new RegExp(`<html lang="${language}"`));
        assert.doesNotMatch(answer.body, /undefined|\[object|NaN|<script>|<style|\son\w+=|style="/, target);
        // What was asked for stands in the switch of the language.
        if (confined) assert.doesNotMatch(answer.body.replaceAll(target, ''), OF_OTHERS, `${name} at ${target}`);
      }
    }
  });
}

/** Everything that changes something, asked by nobody's page, or for another organisation. */
const ACTS: readonly (readonly [path: string, form: Readonly<Record<string, string>>])[] = [
  ['/accounts/id-otheronly/ticket', {}],
  ['/accounts/id-otheronly/tickets/end', {}],
  ['/accounts/id-otheronly/end', {}],
  ['/accounts/id-otheronly/disable', {}],
  ['/accounts/id-otheronly/enable', {}],
  ['/accounts/id-otheronly/set', { email: 'mine@people.test', groups: '' }],
  ['/accounts/id-otheronly/remove', { confirm: 'otheronly' }],
  ['/accounts/many/do', { act: 'disable', pick0: 'id-otheronly' }],
  ['/accounts/many', { act: 'end', pick0: 'id-otheronly' }],
];

test('an act upon somebody of another organisation finds nobody, says nothing of them and changes nothing', async () => {
  const { store } = sally.manage;
  const before = await store.accounts.byId('id-otheronly');
  for (const [path, form] of ACTS) {
    const answer = await ask('own-admin', 'POST', path, { form });
    const many = path.includes('/many');
    assert.equal(answer.status, many ? 200 : 404, path);
    assert.doesNotMatch(answer.body.replaceAll('id-otheronly', ''), OF_OTHERS, path);
  }
  assert.deepEqual(await store.accounts.byId('id-otheronly'), before);
});

test('an act that another site sends is refused, whatever it is', async () => {
  for (const [path, form] of ACTS) {
    const answer = await ask('owner', 'POST', path, { form, origin: 'http://app.test' });
    assert.equal(answer.status, 403, path);
    const none = await ask('owner', 'POST', path, { form, origin: null });
    assert.equal(none.status, 403, path);
  }
});

test('a page offers no act that the reader may not do', async () => {
  const desk = await ask('desk', 'GET', '/accounts/id-ada');
  assert.match(desk.body, /\/id-ada\/ticket"/);
  assert.match(desk.body, /\/id-ada\/end"/);
  assert.doesNotMatch(desk.body, /\/id-ada\/(?:disable|set|move|remove|roles)/);
  const reader = await ask('reader', 'GET', '/accounts/id-ada');
  assert.doesNotMatch(reader.body, /action="\/accounts\//);
  // Nothing upon somebody with a role, and nothing that opens a door upon oneself.
  assert.doesNotMatch((await ask('desk', 'GET', '/accounts/id-otheronly')).body, /action="\/accounts\//);
  assert.doesNotMatch(
    (await ask('owner', 'GET', '/accounts/id-owner')).body,
    /\/id-owner\/(?:ticket|move|roles|remove)"/,
  );
});

test('what was typed is kept beside what is wrong with it', async () => {
  const form = { name: 'two words', email: 'kept@people.test', groups: 'nurses, doctors', organisation: idOf('first') };
  const wrong = await ask('admin', 'POST', '/accounts/new', { form });
  assert.equal(wrong.status, 400);
  assert.match(wrong.body, /value="two words"[^>]*aria-invalid="true"/);
  assert.match(wrong.body, /value="kept@people\.test"/);
  assert.match(wrong.body, new RegExp(`value="${idOf('first')}" selected`));
  const taken = await ask('admin', 'POST', '/accounts/new', { form: { ...form, name: 'otheronly' } });
  assert.equal(taken.status, 409);
  assert.match(taken.body, /in use already/);
  const done = await ask('admin', 'POST', '/accounts/new', { form: { ...form, name: 'new.person' } });
  assert.equal(done.status, 303);
  const page = await ask('admin', 'GET', done.header('location') ?? '');
  assert.match(page.body, /The account has been added/);
  assert.match(page.body, /First Practice/);
});

test('the page after an act says what its address names in words of ours, and nothing else', async () => {
  const forged = await ask('owner', 'GET', '/accounts?done=%3Cb%3Eyou+won%3C/b%3E&ended=12x');
  assert.equal(forged.status, 200);
  assert.doesNotMatch(forged.body, /you won|role="status"><p>/);
  const bad = await ask('owner', 'GET', '/accounts?cursor=nonsense');
  assert.equal(bad.status, 400);
});

test('a role is for everything only where that is said in a word', async () => {
  const none = await ask('owner', 'POST', '/roles/grant', {
    form: { account: 'ada', role: 'auditor', organisation: '' },
  });
  assert.equal(none.status, 400);
  assert.match(none.body, /value="ada"/);
  const self = await ask('admin', 'POST', '/roles/grant', {
    form: { account: 'admin', role: 'auditor', scope: 'everything' },
  });
  assert.equal(self.status, 403);
  const more = await ask('own-admin', 'POST', '/roles/grant', {
    form: { account: 'ada', role: 'auditor', scope: 'everything' },
  });
  assert.equal(more.status, 403);
  assert.deepEqual((await sally.manage.store.accounts.byId('id-ada'))?.roles, []);
});

test('many at once: each by itself, with what failed for whom', async () => {
  const { store } = sally.manage;
  for (const name of ['m1', 'm2']) await sally.session(name);
  const form = { act: 'disable', pick0: 'id-m1', pick1: 'id-m2', pick2: 'id-otheronly', pick3: 'nobody' };
  const asked = await ask('admin', 'POST', '/accounts/many', { form });
  assert.equal(asked.status, 200);
  assert.equal((await store.accounts.byId('id-m1'))?.disabledAt, null);
  const done = await ask('admin', 'POST', '/accounts/many/do', { form: { ...form, act: 'end' } });
  assert.equal(done.status, 200);
  assert.match(done.body, /Done: 3\. Not done: 1/);
  assert.match(done.body, /nobody<\/bdi>/);
  const json = { act: 'ticket', pick0: 'id-m1' };
  const told = await ask('admin', 'POST', '/accounts/many/do', { json, headers: [] });
  const { outcomes } = JSON.parse(told.body) as { outcomes: { id: string; link: string; failed: boolean }[] };
  assert.deepEqual(
    outcomes.map(({ id, failed }) => [id, failed]),
    [['id-m1', false]],
  );
  assert.match(outcomes[0]?.link ?? '', /^http:\/\/app\.test\/\.sallyport\/enrol\//);
});

test('a link and a token stand in one answer and in no other', async () => {
  const made = await ask('desk', 'POST', '/accounts/id-ada/ticket', { form: {} });
  assert.equal(made.status, 200);
  const secret = /\/enrol\/([\w-]{20,})/.exec(made.body)?.[1] ?? '';
  assert.notEqual(secret, '');
  assert.match(made.body, /<svg class="qr"/);
  assert.ok(!(await ask('desk', 'GET', '/accounts/id-ada')).body.includes(secret));
  const form = {
    name: 'nightly',
    role: 'auditor',
    scope: 'everything',
    organisation: '',
    days: '30',
    'op.account.find': 'on',
  };
  const token = await ask('owner', 'POST', '/tokens/new', { form });
  assert.equal(token.status, 200);
  const shown = /sallyport_[\w-]+/.exec(token.body)?.[0] ?? '';
  assert.notEqual(shown, '');
  const list = await ask('owner', 'GET', '/tokens');
  assert.match(list.body, /nightly/);
  assert.ok(!list.body.includes(shown));
});

test('a lock-down stands above every page until it is ended', async () => {
  const begun = await ask('owner', 'POST', '/lock-down', { form: { reason: 'a lost laptop', hours: '1' } });
  assert.equal(begun.status, 303);
  for (const target of ['/', '/me', '/accounts', '/sessions'])
    assert.match((await ask('own-desk', 'GET', target)).body, /class="banner".*a lost laptop/s);
  assert.equal((await ask('owner', 'POST', '/lock-down/end', { form: {} })).status, 303);
  assert.doesNotMatch((await ask('desk', 'GET', '/me')).body, /a lost laptop/);
});
