import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { addOrganisation, moveAccount } from '../../src/manage/organisations.ts';
import { grantRole } from '../../src/manage/roles.ts';
import { eraseFromRosters } from '../../src/manage/roster/erase.ts';
import { failRoster } from '../../src/manage/roster/fail.ts';
import { readRosterOf } from '../../src/manage/roster/read.ts';
import type { Role } from '../../src/roles.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { filesOf } from '../support/remake.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';

const NAVIGATES = [
  ['Accept', 'text/html'],
  ['Sec-Fetch-Mode', 'navigate'],
  ['Sec-Fetch-Dest', 'document'],
] as const;
/** Names of the list that nobody here has. */
const CROWD = 120;

let sally: Sallyport;
const cookies = new Map<string, string>();

before(async () => {
  sally = await startSallyport({ console: 'origin: "http://console.test", require: mfa' });
  const { manage } = sally;
  for (const [name, of] of [
    ['ada', 'First Practice'],
    ['qzx-bob', 'Qzx Other Practice'],
  ] as const) {
    await sally.session(name);
    const { id } = await addOrganisation.perform(manage, { name: of });
    await moveAccount.perform(manage, { account: name, organisation: id });
  }
  for (const [name, role, organisation] of [
    ['owner', 'owner', undefined],
    ['auditor', 'auditor', undefined],
    ['own-auditor', 'auditor', 'First Practice'],
    ['desk', 'help-desk', undefined],
  ] as const satisfies readonly (readonly [string, Role, string | undefined])[]) {
    await sally.session(name);
    await grantRole.perform(manage, { account: name, role, ...(organisation === undefined ? {} : { organisation }) });
    cookies.set(name, await sally.session(name, { appId: 'console' }));
  }
});
after(() => sally.close());

function get(name: string, target: string): Promise<ParsedAnswer> {
  return sally.send('GET', target, { door: 'console', cookie: cookies.get(name) ?? '', headers: NAVIGATES });
}

const today = () => new Date(sally.clock.now()).toISOString().slice(0, 10);

function pack(name: string, form: Readonly<Record<string, string>>, origin?: string): Promise<ParsedAnswer> {
  const how = { door: 'console', cookie: cookies.get(name) ?? '', headers: NAVIGATES, deadlineMs: 30_000 } as const;
  const fields = { from: today(), to: today(), ...form };
  return sally.send('POST', '/evidence/pack', { ...how, form: fields, ...(origin === undefined ? {} : { origin }) });
}

const unseen = ({ body }: ParsedAnswer) => body.replaceAll(/<form method="get".*?<\/form>/gs, '');

test('evidence of one organisation alone is offered, shown and handed out to whoever audits it', async () => {
  const page = await get('own-auditor', '/evidence');
  assert.match(page.body, /First Practice/);
  assert.doesNotMatch(page.body, /Qzx|All organisations/);
  for (const form of [{}, { organisation: 'Qzx Other Practice' }, { organisation: 'nobody’s' }]) {
    const query = new URLSearchParams({ from: today(), to: today(), ...form });
    const shown = await get('own-auditor', `/evidence?${query}`);
    assert.match(shown.body, /No pack can be made of that/);
    const { status, body } = await pack('own-auditor', form);
    assert.match(body, /No pack can be made of that/);
    assert.ok(status === 400 || status === 404, String(status));
  }
  const { status, body } = await pack('own-auditor', { organisation: 'First Practice' });
  assert.equal(status, 200);
  const files = await filesOf(Buffer.from(body, 'latin1'));
  for (const [name, content] of files) assert.doesNotMatch(content.toString('latin1'), /qzx-bob|qzx other/i, name);
});

test('neither the help desk nor a page of another origin gets evidence, and looking at the page puts nothing on record', async () => {
  const before = (await sally.audit('evidence.export')).length;
  for (const target of ['/evidence', `/evidence?from=${today()}&to=${today()}`, '/evidence/mandates', '/evidence/pack'])
    assert.ok([403, 405].includes((await get('desk', target)).status), target);
  assert.equal((await pack('desk', {})).status, 403);
  assert.equal((await pack('auditor', {}, 'https://elsewhere.example')).status, 403);
  assert.equal((await get('auditor', `/evidence?from=${today()}&to=${today()}`)).status, 200);
  assert.doesNotMatch((await get('desk', '/')).body, /href="\/(?:evidence|reconciliation)"/);
  assert.doesNotMatch((await get('own-auditor', '/')).body, /href="\/reconciliation"/);
  assert.equal((await sally.audit('evidence.export')).length, before);
});

test('a second pack at the same time is refused on the page itself, with what was chosen still there', async () => {
  const answers = await Promise.all([pack('auditor', { redact: 'on' }), pack('auditor', { redact: 'on' })]);
  const [done, refused] = answers.sort((a, b) => a.status - b.status);
  assert.deepEqual([done?.status, refused?.status], [200, 503]);
  assert.equal(refused?.header('retry-after'), '30');
  assert.match(refused?.body ?? '', /Other packs are being made at this moment/);
  assert.match(refused?.body ?? '', /name="redact" value="on" checked/);
});

test('days that are none, and what nobody typed, are told so; what was typed is text', async () => {
  for (const query of ['from=2026-02-31&to=2026-03-01', 'from=2099-01-01&to=2099-01-02', 'from=1', 'to=x'])
    assert.match((await get('auditor', `/evidence?${query}`)).body, /No pack can be made of that/, query);
  const { status, body } = await pack('auditor', { from: '"><b>x' });
  assert.equal(status, 400);
  assert.doesNotMatch(body, /<b>x/);
});

test('a list is read, page by page and whole as CSV, by whoever sees everything; only who may brings one', async () => {
  const names = [...Array.from({ length: CROWD }, (_, i) => `crowd${String(i).padStart(3, '0')}`), '@sum', 'ada'];
  await readRosterOf.perform(sally.manage, { app: 'portal', names });
  const found: string[] = [];
  let pages = 0;
  for (
    let target: string | undefined = '/reconciliation/portal?state=unknown';
    target !== undefined && pages < 9;
    pages += 1
  ) {
    const answer: ParsedAnswer = await get('auditor', target);
    for (const [, name] of answer.body.matchAll(/<th scope="row"[^>]*><bdi>([^<]+)<\/bdi>/g)) found.push(name ?? '');
    target = /href="([^"]+)" rel="next"/.exec(answer.body)?.[1]?.replaceAll('&amp;', '&');
  }
  assert.equal(pages, 3);
  assert.deepEqual(found, names.slice(0, -1).toSorted());
  const csv = await get('auditor', '/reconciliation/portal/export.csv?state=unknown');
  const [, ...rows] = csv.body.trimEnd().split('\r\n');
  assert.equal(rows.length, CROWD + 1);
  for (const row of rows) assert.doesNotMatch(row, /(^|,)"?[=+@]/);
  const page = await get('auditor', '/reconciliation/portal');
  assert.doesNotMatch(page.body, /type="file"/);
  for (const [name, status] of [
    ['auditor', 403],
    ['desk', 403],
    ['own-auditor', 403],
  ] as const) {
    const how = { door: 'console', cookie: cookies.get(name) ?? '', headers: NAVIGATES } as const;
    assert.equal((await sally.send('POST', '/reconciliation/portal', { ...how, form: { file: 'a' } })).status, status);
  }
  for (const target of ['/reconciliation', '/reconciliation/portal', '/reconciliation/portal/export.csv'])
    for (const name of ['desk', 'own-auditor'])
      assert.equal((await get(name, target)).status, 403, `${name} ${target}`);
  assert.doesNotMatch(unseen(await get('own-auditor', '/')), /crowd/);
});

test('an app that there is not, and a state that there is not, are told so', async () => {
  assert.equal((await get('auditor', '/reconciliation/nowhere')).status, 404);
  assert.equal((await get('auditor', '/reconciliation/nowhere/export.csv')).status, 404);
  const { status, body } = await get('auditor', '/reconciliation/portal?state=%22%3E%3Cb%3Ex');
  assert.equal(status, 200);
  assert.match(body, /That cannot be shown/);
  assert.doesNotMatch(body, /<b>x/);
  const odd = await get('auditor', '/reconciliation/portal?cursor=nonsense');
  assert.ok(odd.status === 400, String(odd.status));
  const csv = await get('auditor', '/reconciliation/portal/export.csv?state=nonsense');
  assert.equal(csv.body.trimEnd().split('\r\n').length, 1);
});

test('a list without names, and one that is no CSV, are not taken; the form says why', async () => {
  const how = { door: 'console', cookie: cookies.get('owner') ?? '', headers: NAVIGATES } as const;
  const before = (await sally.audit('roster.read')).length;
  for (const [file, told] of [
    [' ', /Choose a file first/],
    ['name\n', /The list was not taken/],
    ['name\n"open', /Line 2 of the list/],
    [`name\n${'x'.repeat(300)}`, /The list was not taken/],
  ] as const) {
    const { status, body } = await sally.send('POST', '/reconciliation/portal', { ...how, form: { file } });
    assert.equal(status, 422, file.slice(0, 20));
    assert.match(body, told);
  }
  assert.equal((await sally.audit('roster.read')).length, before);
  const { status } = await sally.send('POST', '/reconciliation/portal', { ...how, form: { file: 'name\nada\n' } });
  assert.equal(status, 303);
});

test('a reading that failed is told with its reason, until one succeeds; programs bring long lists, too', async () => {
  const why = 'The file <b>list.csv</b> is not there.';
  await failRoster.perform(sally.manage, { app: 'portal', from: 'file', why });
  for (const target of ['/reconciliation', '/reconciliation/portal']) {
    const { body } = await get('auditor', target);
    assert.match(body, /The last attempt to read it failed/, target);
    assert.match(body, /The file &lt;b&gt;list\.csv&lt;\/b&gt; is not there/, target);
  }
  const names = Array.from({ length: 9000 }, (_, i) => `somebody-${i}`);
  const how = { door: 'console', cookie: cookies.get('owner') ?? '', json: { names } } as const;
  const answer = await sally.send('POST', '/api/v1/apps/portal/roster', how);
  assert.equal(answer.status, 200, answer.body.slice(0, 200));
  const { body } = await get('auditor', '/reconciliation/portal');
  assert.doesNotMatch(body, /The last attempt to read it failed/);
  assert.match(body, /9,000/);
});

test('a list whose names were erased keeps its numbers, and says when they went and why', async () => {
  const read = { app: 'portal', names: ['eve', '<b>mallory</b>', 'ada'] };
  const { counts } = await readRosterOf.perform(sally.manage, read);
  const erase = (name: string) =>
    eraseFromRosters.perform(sally.manage, { names: [{ name, app: null }], reason: 'Art. <17>' });
  await erase('eve');
  const some = (await get('auditor', '/reconciliation/portal')).body;
  assert.match(some, /Names of this list that were erased: 1/);
  assert.match(some, /The reason on record: <bdi>Art\. &lt;17&gt;<\/bdi>/);
  assert.match(some, /mallory/);
  for (const name of ['<b>mallory</b>', 'ada']) await erase(name);
  for (const target of ['/reconciliation', '/reconciliation/portal']) {
    const { body } = await get('auditor', target);
    assert.match(body, /The names of this list were erased\./, target);
    assert.match(body, /The numbers are those of when the list was read/, target);
    assert.match(body, new RegExp(`In the app, unknown here</dt><dd>${counts['unknown']}</dd>`), target);
    assert.doesNotMatch(body, /mallory/, target);
  }
  const csv = await get('auditor', '/reconciliation/portal/export.csv');
  assert.equal(csv.body.trimEnd().split('\r\n').length, 1);
  const api = await get('auditor', '/api/v1/apps/portal/roster');
  const { erased, counts: told } = JSON.parse(api.body) as {
    erased: { names: number; whole: boolean };
    counts: object;
  };
  assert.deepEqual([erased.names, erased.whole, told], [3, true, counts]);
});
