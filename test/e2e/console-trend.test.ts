import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { dayAfter, dayOf } from '../../src/coverage/trend/days.ts';
import { recordConfiguration } from '../../src/manage/configuration.ts';
import { addOrganisation, moveAccount } from '../../src/manage/organisations.ts';
import { grantRole } from '../../src/manage/roles.ts';
import { addAccount } from '../support/manage.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';

const NAVIGATES = [
  ['Accept', 'text/html'],
  ['Sec-Fetch-Mode', 'navigate'],
  ['Sec-Fetch-Dest', 'document'],
] as const;
const DAY = 86_400_000;

let sally: Sallyport;
const cookies = new Map<string, string>();
const ids = new Map<string, string>();
const days: string[] = [];

/** An entry of before, as it would have been written. */
function happened(daysAgo: number, kind: string, accountId: string | null, detail: object): Promise<void> {
  return sally.manage.store.audit.append({
    ...{ sessionId: null, appId: null, source: null, outcome: 'ok', actor: 'cli:root' },
    ...{ at: sally.clock.now() - daysAgo * DAY, kind, accountId, detail: JSON.stringify(detail) },
  });
}

/** Eight days ago one was added and protected in each practice; four days ago the one of the other lost what it had. */
async function lived(): Promise<void> {
  await happened(9, 'config.load', null, { meaning: await meaning(), digest: 'd' });
  for (const [each, name] of [
    ['First', 'anna'],
    ['Other', '=berta'],
  ] as const) {
    const organisation = ids.get(each) ?? '';
    await happened(9, 'organisation.add', null, { organisation, realm: 'staff', name: `${each} Practice` });
    await happened(8, 'account.add', name, { realm: 'staff', name, organisation, groups: '' });
    await happened(8, 'enrol.password', name, { set: true });
    await happened(8, 'enrol.authenticator', name, { authenticator: `f-${name}`, kind: 'totp' });
  }
  await happened(4, 'authenticator.remove', '=berta', { authenticator: 'f-=berta', kind: 'totp' });
}

async function meaning(): Promise<string> {
  const { store, clock } = sally.manage;
  await recordConfiguration({ store, clock }, sally.config);
  const all = await store.audit.list({ limit: 10_000, kind: 'config.load' });
  return JSON.parse(all.at(-1)?.detail ?? '{}').meaning;
}

before(async () => {
  sally = await startSallyport({ console: 'origin: "http://console.test", require: mfa' });
  const { manage } = sally;
  const today = dayOf(sally.clock.now());
  for (let n = 9; n >= 0; n -= 1) days.push(dayAfter(today, -n));
  for (const each of ['First', 'Other']) {
    const { id } = await addOrganisation.perform(manage, { name: `${each} Practice` });
    ids.set(each, id);
  }
  await lived();
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
  await addAccount(manage, { name: 'ada', realm: 'staff' });
  await moveAccount.perform(manage, { account: 'ada', organisation: ids.get('First') ?? '' });
});
after(() => sally.close());

function get(name: string, target: string): Promise<ParsedAnswer> {
  return sally.send('GET', target, { door: 'console', cookie: cookies.get(name) ?? '', headers: NAVIGATES });
}

test('the page shows the share, when it fell and by how much, and leads to coverage of that day', async () => {
  const { status, body } = await get('auditor', `/coverage/trend?from=${days[0]}&to=${days[8]}`);
  assert.equal(status, 200);
  assert.match(body, /<svg class="chart trend-chart"[^>]* aria-hidden="true"/);
  assert.equal(body.match(/<circle class="fell-dot"/g)?.length, 1);
  assert.match(body, new RegExp(`<time datetime="${days[5]}">[^<]+</time></strong> <bdi>from 100% to 50%</bdi>`));
  assert.match(body, /Protected: 1, before: 2\. Accounts that may use an app: 2, before: 2\./);
  assert.ok(body.includes(`href="/coverage?day=${days[5]}"`));
  assert.ok(body.includes(`href="/coverage?day=${days[5]}&amp;class=none#accounts"`));
  // The organisation that fell comes first, and leads to its own trend.
  assert.ok(body.indexOf('<bdi>Other Practice</bdi></a>') < body.indexOf('<bdi>First Practice</bdi></a>'));
  assert.ok(
    body.includes(`href="/coverage/trend?from=${days[0]}&amp;to=${days[8]}&amp;organisation=${ids.get('Other')}"`),
  );
  const { body: day } = await get('auditor', `/coverage?day=${days[5]}`);
  assert.match(day, /<a class="button quiet" href="\/coverage\/trend\?to=[^"]+">From day to day<\/a>/);
});

test('one organisation is shown by itself, and the others are not', async () => {
  const { body } = await get('auditor', `/coverage/trend?to=${days[8]}&organisation=${ids.get('First')}`);
  assert.match(body, /On no day was less protected, or more open/);
  assert.doesNotMatch(body.replaceAll(/<form method="get".*?<\/form>/gs, ''), /Other Practice/);
});

test('files have each day, of all or of each organisation, and a spreadsheet finds no formula in them', async () => {
  const range = `from=${days[0]}&to=${days[8]}`;
  const { status, body, headers } = await get('auditor', `/coverage/trend/export.csv?${range}`);
  assert.equal(status, 200);
  assert.ok(JSON.stringify([...headers]).includes(`coverage-${days[0]}-${days[8]}.csv`));
  const [heads, ...rows] = body.trimEnd().split('\r\n');
  assert.match(heads ?? '', /^"day","moment","organisation_id"/);
  assert.deepEqual(
    rows.map((row) => row.slice(1, 11)),
    days.slice(0, 9),
  );
  const each = await get('auditor', `/coverage/trend/export.csv?${range}&each=days`);
  assert.match(each.body, new RegExp(`"${days[5]}","[^"]+","${ids.get('Other')}","Other Practice","1","1","0","0"`));
  for (const row of each.body.split('\r\n')) assert.doesNotMatch(row, /(^|,)"?[=+@]/);
  // What cannot be meant is no file.
  const none = await get('auditor', '/coverage/trend/export.csv?to=2099-01-01');
  assert.equal(none.status, 400);
  assert.match(none.body, /That cannot be shown/);
});

test('whoever audits one organisation sees that one alone, and the help desk nothing', async () => {
  const targets = ['', `?organisation=${ids.get('Other')}`, '?organisation=Other%20Practice', '?each=days'];
  for (const target of targets)
    for (const path of ['/coverage/trend', '/coverage/trend/export.csv']) {
      const own = await get('own-auditor', `${path}${target}`);
      assert.ok(own.status === 200 || own.status === 400, `${path}${target}: ${own.status}`);
      assert.doesNotMatch(own.body.replaceAll(/<form method="get".*?<\/form>/gs, ''), /berta|Other Practice/);
      assert.equal((await get('desk', `${path}${target}`)).status, 403);
    }
  const all = await get('own-auditor', `/coverage/trend?from=${days[0]}`);
  assert.match(all.body, /<bdi>First Practice<\/bdi><\/a>/);
  assert.doesNotMatch(all.body, /Exemptions/);
});

test('what cannot be meant is told with what to do; what was typed is text', async () => {
  for (const target of ['from=2099-01-01', 'from=2026-02-31', 'to=yesterday', 'from=2020-01-01']) {
    const { status, body } = await get('auditor', `/coverage/trend?${target}`);
    assert.equal(status, 200, target);
    assert.match(body, /That cannot be shown\. Choose a first day, .* at most 400 days/, target);
  }
  const { body } = await get('auditor', `/coverage/trend?organisation=${encodeURIComponent('"><b>x')}`);
  assert.doesNotMatch(body, /<b>x/);
  assert.match(body, /Nobody of that organisation is on record in these days/);
  const early = await get('auditor', '/coverage/trend?from=2020-01-01&to=2020-01-05');
  assert.match(early.body, /Nobody who may use an app is on record in these days\. Choose later days\./);
});
