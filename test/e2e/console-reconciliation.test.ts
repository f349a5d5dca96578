import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { after, before } from 'node:test';
import { grantRole } from '../../src/manage/roles.ts';
import { readRosterOf } from '../../src/manage/roster/read.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';

const HEADERS = [
  ['Accept', 'text/html'],
  ['Sec-Fetch-Mode', 'navigate'],
  ['Sec-Fetch-Dest', 'document'],
] as const;
const folder = mkdtempSync(join(tmpdir(), 'sallyport-'));
const list = join(folder, 'portal.csv');
const AGAIN = '/reconciliation/portal/again';
const cookies = new Map<string, string>();
let sally: Sallyport;

before(async () => {
  writeFileSync(list, 'account\nada\neve\n');
  sally = await startSallyport({
    console: 'origin: "http://console.test", require: mfa',
    app: [`    roster: { file: ${list}, every: 24h }`],
    apps: ['  wiki: { hosts: [wiki.test], origin: "http://wiki.test", upstream: "http://127.0.0.1:9", realm: staff }'],
  });
  for (const [name, role] of [
    ['owner', 'owner'],
    ['auditor', 'auditor'],
    ['desk', 'help-desk'],
  ] as const) {
    await sally.session(name);
    await grantRole.perform(sally.manage, { account: name, role });
    cookies.set(name, await sally.session(name, { appId: 'console' }));
  }
});
after(async () => {
  await sally.close();
  rmSync(folder, { recursive: true });
});

function ask(name: string, method: 'GET' | 'POST', target: string, form?: Record<string, string>) {
  const cookie = cookies.get(name) ?? '';
  return sally.send(method, target, {
    ...{ door: 'console', cookie, headers: HEADERS },
    ...(form === undefined ? {} : { form }),
  });
}
const page = (name: string, target = '/reconciliation/portal'): Promise<ParsedAnswer> => ask(name, 'GET', target);

/** As whoever owns the database could. */
function alter(digest: string): void {
  const database = new DatabaseSync(join(sally.data, 'sallyport.db'));
  database.exec('drop trigger if exists rosters_no_update');
  const { changes } = database
    .prepare("update rosters set text = replace(text, 'eve', 'ava') where digest = ?")
    .run(digest);
  assert.equal(changes, 1);
  database.close();
}

test('a list that was altered in the database is shown to nobody; its page says so, and reads it again', async () => {
  const { digest } = await readRosterOf.perform(sally.manage, { app: 'portal', names: ['ada', 'eve'] });
  assert.equal((await page('auditor')).status, 200);
  alter(digest);
  for (const name of ['owner', 'auditor']) {
    const { status, body } = await page(name);
    assert.equal(status, 503);
    assert.match(body, /not the one on record/);
    assert.doesNotMatch(body, /\b(?:eve|ava)\b/);
    assert.equal(/type="file"/.test(body), name === 'owner', 'an auditor brings no list');
    assert.equal(body.includes(AGAIN), name === 'owner', 'and reads none');
    assert.equal(/<nav class="places"/.test(body), true, 'a page of the console, with its ways on');
  }
  // The page of all apps goes on, and leads there.
  const all = await page('auditor', '/reconciliation');
  assert.equal(all.status, 200);
  assert.match(all.body, /not the one on record/);
  assert.match(all.body, /href="\/reconciliation\/wiki"/);
  assert.equal((await page('auditor', '/reconciliation/portal/export.csv')).status, 503);
  const api = await sally.send('GET', '/api/v1/apps/portal/roster', {
    door: 'console',
    cookie: cookies.get('auditor') ?? '',
  });
  assert.equal(api.status, 503, 'programs are not given a list that is none');
  // One list is none of what lets people in.
  await sally.healthy(0);
  assert.equal((await sally.send('GET', '/', { cookie: await sally.session('ada') })).status, 200);
  const { status, header } = await ask('owner', 'POST', AGAIN, {});
  assert.equal(status, 303);
  assert.match(header('location') ?? '', /^\/reconciliation\/portal\?done=list-read/);
  const { status: now, body } = await page('auditor');
  assert.equal(now, 200);
  assert.match(body, /<bdi>eve<\/bdi>/);
});

test('a list is read again by its page as the configuration says; a fault is told there and on record', async () => {
  writeFileSync(list, 'account\nada\nmallory\n');
  assert.equal((await ask('owner', 'POST', AGAIN, {})).status, 303);
  assert.match((await page('owner')).body, /<bdi>mallory<\/bdi>/);
  writeFileSync(list, '"open');
  const { status, body } = await ask('owner', 'POST', AGAIN, {});
  assert.equal(status, 422);
  assert.match(body, /The list was not taken, and nothing was changed/);
  const [last] = (await sally.audit('roster.read')).slice(-1);
  assert.equal(last?.outcome, 'failed');
  assert.match((await page('auditor')).body, /The last attempt to read it failed/);
  rmSync(list);
  assert.equal((await ask('owner', 'POST', AGAIN, {})).status, 422);
});

test('nobody reads a list again who may bring none, and none of an app that has none', async () => {
  for (const name of ['auditor', 'desk']) assert.equal((await ask(name, 'POST', AGAIN, {})).status, 403, name);
  for (const app of ['wiki', 'nowhere'])
    assert.equal((await ask('owner', 'POST', `/reconciliation/${app}/again`, {})).status, 404, app);
  assert.doesNotMatch((await page('owner', '/reconciliation/wiki')).body, /\/again"/);
  await sally.advance(6 * 60_000);
  const stale = await ask('owner', 'POST', AGAIN, {});
  assert.equal(stale.status, 403, 'with a factor used within five minutes');
  assert.match(stale.body, /Please confirm/);
});
