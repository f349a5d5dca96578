import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { issueToken } from '../../src/manage/operations.ts';
import { grantRole } from '../../src/manage/roles.ts';
import { readRosterOf } from '../../src/manage/roster/read.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';

const HEADERS = [
  ['Accept', 'text/html'],
  ['Sec-Fetch-Mode', 'navigate'],
  ['Sec-Fetch-Dest', 'document'],
] as const;
const ERASE = '/rosters/erase';
const cookies = new Map<string, string>();
let sally: Sallyport;

before(async () => {
  sally = await startSallyport({
    console: 'origin: "http://console.test", require: mfa',
    apps: ['  wiki: { hosts: [wiki.test], origin: "http://wiki.test", upstream: "http://127.0.0.1:9", realm: staff }'],
  });
  for (const [name, role, organisation] of [
    ['owner', 'owner', undefined],
    ['admin', 'administrator', undefined],
    ['auditor', 'auditor', undefined],
    ['desk', 'help-desk', undefined],
    ['own-owner', 'owner', 'staff'],
  ] as const) {
    await sally.session(name);
    await grantRole.perform(sally.manage, {
      account: name,
      role,
      ...(organisation === undefined ? {} : { organisation }),
    });
    cookies.set(name, await sally.session(name, { appId: 'console' }));
  }
});
after(() => sally.close());

const ask = (name: string, method: 'GET' | 'POST', target: string, form?: Record<string, string>) =>
  sally.send(method, target, {
    ...{ door: 'console', cookie: cookies.get(name) ?? '', headers: HEADERS },
    ...(form === undefined ? {} : { form }),
  });

async function lists(): Promise<void> {
  for (const app of ['portal', 'wiki'])
    await readRosterOf.perform(sally.manage, { app, names: ['owner', 'eve', `only-${app}`] });
}
const has = async (app: string, name: string) =>
  (await ask('owner', 'GET', `/reconciliation/${app}`)).body.includes(`<bdi>${name}</bdi>`);

test('an owner erases a name from the lists of one app, then of all; what went is told, and on record without the name', async () => {
  await lists();
  assert.match((await ask('owner', 'GET', '/reconciliation')).body, /href="\/rosters\/erase"/);
  const one = await ask('owner', 'POST', ERASE, { name: 'eve', app: 'portal', reason: 'Art. <17>' });
  assert.equal(one.status, 200);
  assert.match(one.body, /The name was erased/);
  assert.deepEqual([await has('portal', 'eve'), await has('wiki', 'eve')], [false, true]);
  const all = await ask('owner', 'POST', ERASE, { name: 'eve', app: '', reason: 'Art. 17' });
  assert.match(all.body, /<dt>Names<\/dt><dd>1<\/dd><dt>Lists<\/dt><dd>1<\/dd>/);
  assert.equal(await has('wiki', 'eve'), false);
  assert.equal(await has('wiki', 'only-wiki'), true, 'nobody else goes');
  assert.match((await ask('owner', 'POST', ERASE, { name: 'eve', app: '', reason: 'x' })).body, /No list that is kept/);
  const entries = await sally.audit('roster.erased');
  assert.deepEqual(
    entries.map(({ appId, actor }) => [appId, actor]),
    [
      ['portal', 'id-owner'],
      ['wiki', 'id-owner'],
    ],
  );
  for (const { detail } of entries) assert.doesNotMatch(detail ?? '', /eve/);
});

test('what is not of the form is told beside its field, with what was typed as text; nothing goes', async () => {
  await lists();
  const before = (await sally.audit('roster.erased')).length;
  for (const form of [
    { name: '', app: '', reason: 'x' },
    { name: 'eve', app: '', reason: ' ' },
    { name: 'eve', app: '', reason: '"><b>x'.padEnd(3000, 'x') },
    { name: `"><b>${'x'.repeat(300)}`, app: '', reason: 'x' },
    { name: 'eve', app: '', reason: 'a\u0000b' },
  ]) {
    const { status, body } = await ask('owner', 'POST', ERASE, form);
    assert.equal(status, 400, JSON.stringify(form).slice(0, 60));
    assert.doesNotMatch(body, /<b>x/);
  }
  assert.equal((await sally.audit('roster.erased')).length, before);
});

test('nobody but an owner of everything erases, by page or by program; a page wants a factor of late', async () => {
  await lists();
  const form = { name: 'eve', app: '', reason: 'x' };
  const json = { names: [{ name: 'eve', app: null }], reason: 'x' };
  const before = (await sally.audit('roster.erased')).length;
  for (const name of ['admin', 'auditor', 'desk', 'own-owner']) {
    assert.equal((await ask(name, 'GET', ERASE)).status, 403, name);
    assert.equal((await ask(name, 'POST', ERASE, form)).status, 403, name);
    assert.doesNotMatch((await ask(name, 'GET', '/reconciliation')).body, /rosters\/erase/, name);
    const how = { door: 'console', cookie: cookies.get(name) ?? '', json } as const;
    assert.equal((await sally.send('POST', `/api/v1${ERASE}`, how)).status, 403, name);
  }
  assert.equal((await ask('owner', 'POST', ERASE, { ...form, more: 'x' })).status, 400, 'no field that is not of it');
  const elsewhere = { door: 'console', cookie: cookies.get('owner') ?? '', form, origin: 'http://evil.test' } as const;
  assert.equal((await sally.send('POST', ERASE, elsewhere)).status, 403);
  await sally.advance(6 * 60_000);
  const stale = await ask('owner', 'POST', ERASE, form);
  assert.equal(stale.status, 403);
  assert.match(stale.body, /name="name" value="eve"/, 'what was typed is sent again after the factor');
  assert.equal((await sally.audit('roster.erased')).length, before);
});

test('a program erases with a token for that alone', async () => {
  await lists();
  const { secret } = await issueToken.perform(sally.manage, {
    ...{ name: 'erasing', role: 'owner', operations: ['roster.erase'], ttlMs: 3_600_000 },
  });
  const headers = [['Authorization', `Bearer ${secret}`]] as const;
  const send = (json: object) =>
    sally.send('POST', `/api/v1${ERASE}`, { door: 'console', origin: null, headers, json });
  const { status, body } = await send({ names: [{ name: 'eve', app: null }], reason: 'Art. 17' });
  assert.equal(status, 200, body);
  assert.deepEqual(JSON.parse(body), { names: 2, lists: 2, next: null });
  assert.equal((await send({ names: [], reason: 'x' })).status, 400);
  assert.equal((await send({ names: [{ name: 'eve' }], reason: 'x' })).status, 400);
});
