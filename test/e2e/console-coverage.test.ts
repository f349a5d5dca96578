import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { addOrganisation, moveAccount } from '../../src/manage/organisations.ts';
import { grantRole } from '../../src/manage/roles.ts';
import { addAccount, issueTicket } from '../support/manage.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';

const NAVIGATES = [
  ['Accept', 'text/html'],
  ['Sec-Fetch-Mode', 'navigate'],
  ['Sec-Fetch-Dest', 'document'],
] as const;
/** Besides those of the readers. */
const CROWD = 60;

let sally: Sallyport;
const cookies = new Map<string, string>();
const ids = new Map<string, string>();

before(async () => {
  sally = await startSallyport({ console: 'origin: "http://console.test", require: mfa' });
  const { manage } = sally;
  for (const each of ['First', 'Other']) {
    const { id } = await addOrganisation.perform(manage, { name: `${each} Practice` });
    ids.set(each, id);
  }
  const join = async (account: string, of: string) => {
    await addAccount(manage, { name: account, realm: 'staff' });
    await moveAccount.perform(manage, { account, organisation: ids.get(of) ?? '' });
  };
  await join('ada', 'First');
  await join('bob', 'Other');
  await issueTicket(manage, 'bob', {}, 'staff');
  for (let i = 0; i < CROWD; i += 1) await join(`crowd${String(i).padStart(2, '0')}`, 'Other');
  const formula = { realm: 'staff', name: '=cmd|x', organisation: ids.get('Other'), groups: '', admin: false };
  await manage.store.audit.append({
    ...{ sessionId: null, appId: null, source: null, outcome: 'ok', actor: 'cli:root' },
    ...{ at: sally.clock.now(), kind: 'account.add', accountId: 'id-formula', detail: JSON.stringify(formula) },
  });
  for (const [name, organisation] of [
    ['auditor', undefined],
    ['own-auditor', 'First Practice'],
    ['desk', undefined],
  ] as const) {
    await sally.session(name);
    const role = name === 'desk' ? 'help-desk' : 'auditor';
    await grantRole.perform(manage, { account: name, role, ...(organisation === undefined ? {} : { organisation }) });
    cookies.set(name, await sally.session(name, { appId: 'console' }));
  }
});
after(() => sally.close());

function get(name: string, target: string): Promise<ParsedAnswer> {
  return sally.send('GET', target, { door: 'console', cookie: cookies.get(name) ?? '', headers: NAVIGATES });
}

const today = () => new Date(sally.clock.now()).toISOString().slice(0, 10);

test('the page answers first, then by organisation and app, and leads to those who are counted', async () => {
  const { status, body } = await get('auditor', `/coverage?day=${today()}`);
  assert.equal(status, 200);
  assert.match(body, /with a password alone: 0/);
  const answered = body.indexOf('with a password alone');
  assert.ok(answered > 0 && answered < body.indexOf('First Practice</bdi>'));
  for (const text of ['First Practice', 'Other Practice', 'portal']) assert.ok(body.includes(`<bdi>${text}</bdi></a>`));
  const waiting = await get('auditor', `/coverage?day=${today()}&class=waiting`);
  assert.match(waiting.body, /<caption>Accounts by name: 1<\/caption>/);
  assert.match(waiting.body, /<a class="row-link" href="\/accounts\/[^"]+"><bdi>bob<\/bdi>/);
  const first = await get('auditor', `/coverage?organisation=${ids.get('First')}`);
  assert.match(first.body, /<caption>Accounts by name: 1<\/caption>/);
  assert.match(first.body, /<bdi>ada<\/bdi><\/a>/);
});

test('a day of which the record does not say enough is not said to be without anybody', async () => {
  const { body } = await get('auditor', '/coverage?day=2020-01-01');
  assert.match(body, /The record does not settle who could get in with a password alone/);
  assert.doesNotMatch(body, /with a password alone: 0/);
});

test('all accounts are on its pages, each once', async () => {
  const names: string[] = [];
  let pages = 0;
  for (let target: string | undefined = '/coverage?class=none'; target !== undefined && pages < 5; pages += 1) {
    const { body }: ParsedAnswer = await get('auditor', target);
    for (const [, name] of body.matchAll(/class="row-link" href="[^"]+"><bdi>(crowd\d\d)<\/bdi>/g))
      names.push(name ?? '');
    target = /href="([^"]+)" rel="next"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
  }
  assert.equal(pages, 2);
  assert.equal(names.length, CROWD);
  assert.equal(new Set(names).size, CROWD);
});

test('the file has every account that was asked for, and a spreadsheet finds no formula in it', async () => {
  const { status, body, headers } = await get('auditor', `/coverage/export.csv?day=${today()}`);
  assert.equal(status, 200);
  assert.ok(JSON.stringify([...headers]).includes('attachment; filename='));
  const [heads, ...rows] = body.trimEnd().split('\r\n');
  assert.match(heads ?? '', /^"account","id","realm","organisation","app","class","why",/);
  for (const name of ['ada', 'bob', 'crowd59']) assert.ok(rows.some((row) => row.startsWith(`"${name}",`)));
  assert.ok(rows.some((row) => row.startsWith(`"'=cmd|x","id-formula",`)));
  for (const row of rows) assert.doesNotMatch(row, /(^|,)"?[=+@]/);
  const none = await get('auditor', '/coverage/export.csv?day=2099-01-01');
  assert.equal(none.body.trimEnd().split('\r\n').length, 1);
});

test('whoever audits one organisation sees that one alone, and the help desk nothing', async () => {
  const targets = ['', `?organisation=${ids.get('Other')}`, '?organisation=Other%20Practice', '?class=waiting'];
  for (const target of targets)
    for (const path of ['/coverage', '/coverage/export.csv']) {
      const own = await get('own-auditor', `${path}${target}`);
      assert.equal(own.status, 200);
      assert.doesNotMatch(own.body.replaceAll(/<form method="get".*?<\/form>/gs, ''), /bob|crowd|formula/);
      assert.equal((await get('desk', `${path}${target}`)).status, 403);
    }
  const all = await get('own-auditor', '/coverage');
  assert.match(all.body, /<bdi>ada<\/bdi><\/a>/);
  assert.doesNotMatch(all.body, /Other Practice/);
});

test('a day to come, none of a calendar, and an unknown state are told so; what was typed is text', async () => {
  for (const target of ['day=2099-01-01', 'day=2026-02-31', 'day=yesterday', 'class=x', 'cursor=z']) {
    const { status, body } = await get('auditor', `/coverage?${target}`);
    assert.equal(status, 200, target);
    assert.match(body, /That cannot be looked up/, target);
  }
  const { body } = await get('auditor', `/coverage?organisation=${encodeURIComponent('"><b>x')}`);
  assert.doesNotMatch(body, /<b>x/);
  assert.match(body, /No account was so/);
});
