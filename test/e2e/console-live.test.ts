import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import test, { after, before } from 'node:test';
import { addOrganisation, moveAccount } from '../../src/manage/organisations.ts';
import { grantRole, revokeRole } from '../../src/manage/roles.ts';
import { revokeAccountSessions } from '../../src/manage/sessions.ts';
import { MOST } from '../../src/web/console/live/places.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';
import { until } from '../support/shut.ts';

let sally: Sallyport;

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
});
after(() => sally.close());

/** An auditor of everything, or of one organisation: the cookie of their session. */
async function auditor(name: string, organisation?: string): Promise<string> {
  await sally.session(name);
  const where = organisation === undefined ? {} : { organisation };
  await grantRole.perform(sally.manage, { account: name, role: 'auditor', ...where });
  return sally.session(name, { appId: 'console' });
}

interface Stream {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** All that came so far. */
  readonly text: () => string;
  readonly over: () => boolean;
  readonly stop: () => void;
}

async function follow(cookie: string, query = '', lastId?: string): Promise<Stream> {
  const sent = request({
    ...{ host: '127.0.0.1', port: sally.app.consolePort() ?? 0, path: `/record/live${query}`, agent: false },
    headers: {
      Host: 'console.test',
      Cookie: cookie,
      Accept: 'text/event-stream',
      ...(lastId === undefined ? {} : { 'Last-Event-ID': lastId }),
    },
  }).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  let over = false;
  answer.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  answer.on('error', () => {});
  answer.on('close', () => {
    over = true;
  });
  const { statusCode: status = 0, headers } = answer;
  return { status, headers, text: () => text, over: () => over, stop: () => sent.destroy() };
}

/** Something about an account is put on record. */
const write = (accountId: string, kind = 'account.set') =>
  sally.manage.store.audit.append({
    ...{ at: sally.clock.now(), kind, outcome: 'ok', actor: 'system', accountId },
    ...{ sessionId: null, appId: null, source: null, detail: '{}' },
  } as Parameters<Sallyport['manage']['store']['audit']['append']>[0]);

const begun = (stream: Stream) => until(async () => stream.text().startsWith('retry:'));
const ids = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

test('new entries come in as rows, and what is asked for is filtered as the page is', async () => {
  const cookie = await auditor('all');
  const all = await follow(cookie);
  const some = await follow(cookie, '?kind=account.password');
  assert.equal(all.status, 200);
  assert.match(String(all.headers['content-type']), /^text\/event-stream/);
  assert.match(String(all.headers['cache-control']), /no-store/);
  await begun(all);
  await begun(some);
  await write('id-ada');
  await write('id-bob', 'account.password');
  await until(async () => ids(all.text()).length === 2 && ids(some.text()).length === 1);
  assert.match(all.text(), /event: entry\ndata: \{"seq":\d+,"row":"<tr role=\\"row\\" data-id=\\"\d+\\">/);
  assert.match(all.text(), /Account details changed.*account\.set/);
  assert.doesNotMatch(some.text(), /account\.set/);
  all.stop();
  some.stop();
});

test('who asks for the head alone is answered, and follows nothing', async () => {
  const cookie = await auditor('head');
  for (let i = 0; i <= MOST.session; i += 1) {
    const sent = request({
      ...{ host: '127.0.0.1', port: sally.app.consolePort() ?? 0, path: '/record/live', agent: false, method: 'HEAD' },
      headers: { Host: 'console.test', Cookie: cookie },
      signal: AbortSignal.timeout(20_000),
    }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    assert.equal(answer.statusCode, 200);
    await once(answer.resume(), 'close');
  }
});

test('whoever looks after one organisation is told of its people alone', async () => {
  const stream = await follow(await auditor('own', 'First Practice'));
  await begun(stream);
  await write('id-bob');
  await write('id-ada');
  await until(async () => ids(stream.text()).length === 1);
  assert.match(stream.text(), />ada</);
  assert.doesNotMatch(stream.text(), /bob/);
  stream.stop();
});

test('a stream is taken up after the last entry that was seen', async () => {
  const cookie = await auditor('again');
  const first = await follow(cookie);
  await begun(first);
  await write('id-ada');
  await until(async () => ids(first.text()).length === 1);
  first.stop();
  const last = ids(first.text())[0] ?? 0;
  await write('id-bob');
  await write('id-ada');
  const next = await follow(cookie, '', String(last));
  await until(async () => ids(next.text()).filter((id) => id > last).length === 2);
  next.stop();
});

test('it ends with the session, and with the role', async () => {
  const cookie = await auditor('ends');
  const stream = await follow(cookie);
  await begun(stream);
  await revokeAccountSessions.perform(sally.manage, { account: 'ends' });
  await until(async () => stream.over());
  assert.equal((await follow(cookie)).status, 401);

  const other = await follow(await auditor('less'));
  await begun(other);
  await revokeRole.perform(sally.manage, { account: 'less', role: 'auditor' });
  await write('id-ada');
  await until(async () => other.over());
  assert.deepEqual(ids(other.text()), []);
});

test('of one session so many are open, and a place is free again when one is left', async () => {
  const cookie = await auditor('many');
  const open = await Promise.all(Array.from({ length: MOST.session }, () => follow(cookie)));
  assert.ok(open.every(({ status }) => status === 200));
  const more = await follow(cookie);
  assert.equal(more.status, 503);
  assert.equal(more.headers['retry-after'], '30');
  open[0]?.stop();
  let again: Stream | undefined;
  await until(async () => {
    again = await follow(cookie);
    return again.status === 200;
  });
  for (const stream of [...open, again]) stream?.stop();
});

test('who may not read the record follows nothing, and what cannot be meant is refused', async () => {
  await sally.session('desk');
  await grantRole.perform(sally.manage, { account: 'desk', role: 'help-desk' });
  assert.equal((await follow(await sally.session('desk', { appId: 'console' }))).status, 403);
  assert.equal((await follow(await auditor('odd'), '?outcome=never')).status, 400);
});
