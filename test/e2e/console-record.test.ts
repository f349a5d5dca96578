import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { addOrganisation, moveAccount } from '../../src/manage/organisations.ts';
import { grantRole } from '../../src/manage/roles.ts';
import { qrCode } from '../../src/web/pages/qr.ts';
import { run } from '../support/process.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';

const NAVIGATES = [
  ['Accept', 'text/html'],
  ['Sec-Fetch-Mode', 'navigate'],
  ['Sec-Fetch-Dest', 'document'],
] as const;

let sally: Sallyport;
const cookies = new Map<string, string>();

before(async () => {
  sally = await startSallyport({ console: 'origin: "http://console.test", require: mfa' });
  const { manage } = sally;
  for (const [name, of] of [
    ['ada', 'First'],
    ['bob', 'Other'],
  ] as const) {
    await sally.session(name);
    const { id } = await addOrganisation.perform(manage, { name: `${of} Practice` });
    await moveAccount.perform(manage, { account: name, organisation: id });
  }
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
  const nobody = { sessionId: null, appId: null, source: null, outcome: 'ok' } as const;
  const formula = JSON.stringify({ name: '=HYPERLINK("http://evil.test")' });
  await manage.store.audit.append({
    ...nobody,
    at: 1,
    kind: 'account.set',
    actor: '=cmd|x',
    accountId: 'id-ada',
    detail: formula,
  });
  await manage.store.audit.append({
    ...nobody,
    at: 2,
    kind: 'account.set',
    actor: '@x',
    accountId: 'id-bob',
    detail: '{}',
  });
});
after(() => sally.close());

function get(name: string, target: string): Promise<ParsedAnswer> {
  return sally.send('GET', target, { door: 'console', cookie: cookies.get(name) ?? '', headers: NAVIGATES });
}

test('what is on record is taken along, and a spreadsheet finds no formula in it', async () => {
  const csv = await get('auditor', '/record/export.csv?kind=account.set');
  assert.equal(csv.status, 200);
  const [heads, ...rows] = csv.body.trimEnd().split('\r\n');
  assert.match(heads ?? '', /^"seq","at","kind","outcome","actor",/);
  assert.equal(rows.length, 2);
  assert.match(rows[0] ?? '', /,"'@x",/);
  assert.match(rows[1] ?? '', /,"'=cmd\|x","","ada","id-ada",/);
  for (const row of rows) assert.doesNotMatch(row, /(^|,)"?[=+@]/);
  const lines = await get('auditor', '/record/export.jsonl?kind=account.set');
  const entries = lines.body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { actor: string; detail: object });
  assert.deepEqual(
    entries.map(({ actor }) => actor),
    ['@x', '=cmd|x'],
  );
  assert.deepEqual(entries[1]?.detail, { name: '=HYPERLINK("http://evil.test")' });
});

test('an export has what its reader may see, and is for nobody else', async () => {
  for (const kind of ['csv', 'jsonl']) {
    const own = await get('own-auditor', `/record/export.${kind}`);
    assert.equal(own.status, 200);
    assert.match(own.body, /id-ada/);
    assert.doesNotMatch(own.body, /id-bob|server\.start/);
    assert.equal((await get('desk', `/record/export.${kind}`)).status, 403);
    assert.equal((await get('own-auditor', `/record/export.${kind}?account=bob`)).body.split('\n').length <= 2, true);
  }
});

test('a page of the record says nothing that was typed but as text', async () => {
  const { body } = await get('auditor', `/record?actor=${encodeURIComponent('"><b>x')}`);
  assert.doesNotMatch(body, /<b>x/);
  const explained = await get('auditor', `/apps?method=GET&url=${encodeURIComponent('https://a.test/"><b>x')}`);
  assert.doesNotMatch(explained.body, /<b>x/);
});

test('the checkpoint is the 64 digits that the command prints, by eye and by code, and is for whoever reads everything', async () => {
  const { out, err } = await run('audit', 'checkpoint', '--short', '--config', join(sally.data, 'sallyport.yml'));
  const [, root = '', size = ''] = /^([0-9a-f]{64})\n(\d+) entries\./.exec(out) ?? [];
  assert.equal(root.length, 64, out + err);
  const { status, body } = await get('auditor', '/record/checkpoint');
  assert.equal(status, 200);
  const [, shown = ''] = /<p class="secret" dir="ltr"><code>(.*?)<\/code>/s.exec(body) ?? [];
  assert.deepEqual(shown.split(/<br>| /), root.match(/.{4}/g));
  assert.ok(body.includes(qrCode(`${size}:${root}`, 'The same as a QR code').code.text));
  // What is sealed since then is in it, whether it has been kept or not.
  await addOrganisation.perform(sally.manage, { name: 'Later Practice' });
  const covers = async () =>
    Number(/Entries<\/dt><dd>(\d+)/.exec((await get('auditor', '/record/checkpoint')).body)?.[1]);
  for (let left = 200; (await covers()) <= Number(size); left -= 1) {
    assert.ok(left > 0, 'the head covers what was sealed since');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.match((await get('auditor', '/record')).body, /href="\/record\/checkpoint"/);
  for (const name of ['own-auditor', 'desk']) assert.equal((await get(name, '/record/checkpoint')).status, 403);
  assert.doesNotMatch((await get('own-auditor', '/record')).body, /record\/checkpoint/);
});
