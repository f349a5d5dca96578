import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { after, before } from 'node:test';
import { logVerifier } from '../../src/audit/log-key.ts';
import { addOrganisation } from '../../src/manage/organisations.ts';
import { listSessions, revokeSession } from '../../src/manage/sessions.ts';
import { revokeToken } from '../../src/manage/tokens.ts';
import { verify } from '../../src/pack/verify/verify.ts';
import { formatVerifierKey } from '../../src/tlog/key.ts';
import { CONSOLE, codeOf, personOf, startApi, tokenOf } from '../support/api.ts';
import { addAccount } from '../support/manage.ts';
import { filesOf } from '../support/remake.ts';
import type { Sallyport } from '../support/sallyport.ts';
import { postgres } from '../support/stores.ts';

const DAY = 86_400_000;
/** As many that a pack is not done before somebody has gone away. */
const MANY = 6000;

let sally: Sallyport;
let north: string;
let wish: { from: number; to: number };

before(async () => {
  sally = await startApi();
  const { manage, clock } = sally;
  north = (await addOrganisation.perform(manage, { name: 'Northern Surgery' })).id;
  const south = (await addOrganisation.perform(manage, { name: 'Qzx Southern Practice', contact: 'qzx@south.example' }))
    .id;
  await addAccount(manage, { name: 'ada.north', realm: 'staff', organisation: north });
  await addAccount(manage, { name: 'qzx.south', realm: 'staff', organisation: south });
  wish = { from: clock.now() - DAY, to: clock.now() + DAY };
});
after(() => sally.close());

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Whether it came to its end. */
  readonly whole: boolean;
}

function asked(of: Sallyport, secret: string, body: object) {
  const port = of.app.consolePort() ?? 0;
  const headers = {
    ...{ Host: new URL(CONSOLE).host, Authorization: `Bearer ${secret}` },
    'Content-Type': 'application/json',
  };
  return request({ host: '127.0.0.1', port, path: '/api/v1/evidence', method: 'POST', headers, agent: false }).end(
    JSON.stringify(body),
  );
}

async function got(of: Sallyport, secret: string, body: object): Promise<Got> {
  const [answer] = (await once(asked(of, secret, body), 'response')) as [IncomingMessage];
  const pieces: Buffer[] = [];
  let whole = true;
  try {
    for await (const piece of answer) pieces.push(piece as Buffer);
  } catch {
    whole = false;
  }
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces), whole };
}

/** The same as soon as no other is in the way. */
async function gotWhenFree(of: Sallyport, secret: string, body: object): Promise<Got> {
  for (let i = 0; ; i += 1) {
    const answer = await got(of, secret, body);
    if (answer.status !== 503 || i > 200) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const problemOf = ({ body }: Got) => JSON.parse(body.toString()) as Record<string, unknown>;

test('a pack comes as one ZIP that the product’s own verifier accepts, and is on record', async () => {
  const { id, secret } = await tokenOf(sally, { role: 'auditor', operations: ['evidence.export'] });
  const { status, headers, body, whole } = await got(sally, secret, wish);
  assert.deepEqual([status, whole], [200, true], body.toString().slice(0, 300));
  assert.equal(headers['content-type'], 'application/zip');
  assert.match(
    headers['content-disposition'] ?? '',
    /^attachment; filename="evidence-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.zip"$/,
  );
  assert.equal(headers['content-length'], undefined);
  assert.equal(headers['cache-control'], 'no-store');
  const [row] = await sally.app.store.log.keys();
  assert.ok(row);
  const key = formatVerifierKey(logVerifier(row));
  const verdict = await verify({ pack: body, key, checkpoint: null });
  assert.equal(verdict.verdict, 'verified', JSON.stringify(verdict.checks.filter(({ ok }) => ok === false)));
  const entries = (await sally.audit('evidence.export')).filter(({ actor }) => actor === `token:${id}`);
  assert.equal(entries.length, 1);
  assert.match(entries[0]?.detail ?? '', /"redacted":false,"digest":"[0-9a-f]{64}"/);
});

test('whoever sees one organisation gets its pack alone, with no byte of another', async () => {
  const { secret } = await tokenOf(sally, { role: 'auditor', organisations: [north] });
  const all = await got(sally, secret, wish);
  assert.deepEqual([all.status, problemOf(all)['code']], [400, 'bad-request']);
  const theirs = await got(sally, secret, { ...wish, organisation: 'Qzx Southern Practice' });
  const nobodys = await got(sally, secret, { ...wish, organisation: 'There is none' });
  assert.deepEqual([theirs.status, problemOf(theirs)], [404, problemOf(nobodys)]);
  const own = await got(sally, secret, { ...wish, organisation: north });
  assert.equal(own.status, 200);
  const texts = [...(await filesOf(own.body))].map(([name, content]) => `${name} ${content.toString('latin1')}`);
  assert.doesNotMatch(texts.join('\n'), /qzx\.south|qzx southern|qzx@/i);
  assert.match(texts.join('\n'), /ada\.north/);
});

test('neither the help desk, nor a token for something else, nor a page of another origin gets one', async () => {
  const desk = await tokenOf(sally, { role: 'help-desk' });
  const other = await tokenOf(sally, { role: 'auditor', operations: ['record.find'] });
  for (const { secret } of [desk, other]) {
    const answer = await got(sally, secret, wish);
    assert.deepEqual([answer.status, problemOf(answer)['code']], [403, 'forbidden']);
  }
  const person = await personOf(sally, [{ role: 'auditor', organisation: null }]);
  const how = { door: 'console', cookie: person.cookie, json: wish } as const;
  const foreign = await sally.send('POST', '/api/v1/evidence', { ...how, origin: 'https://elsewhere.example' });
  assert.deepEqual([foreign.status, codeOf(foreign)], [403, 'wrong-origin']);
  const faulty = await person.ask('POST', '/api/v1/evidence', { json: { ...wish, redact: 'yes' } });
  assert.deepEqual([faulty.status, codeOf(faulty)], [400, 'bad-request']);
  const backwards = await person.ask('POST', '/api/v1/evidence', { json: { from: wish.to, to: wish.from } });
  assert.deepEqual([backwards.status, codeOf(backwards)], [400, 'bad-request']);
});

test('a second pack for the same asker, and a third for anybody, are refused until one is done', async () => {
  const [one, two, three] = [
    await tokenOf(sally, { role: 'auditor' }),
    await tokenOf(sally, { role: 'auditor' }),
    await tokenOf(sally, { role: 'auditor' }),
  ];
  const answers = await Promise.all([one, one, two, three].map(({ secret }) => got(sally, secret, wish)));
  const refused = answers.filter(({ status }) => status !== 200);
  assert.equal(refused.length, 2);
  for (const answer of refused) {
    assert.equal(answer.status, 503);
    assert.equal(answer.headers['retry-after'], '30');
    assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/);
    assert.match(String(problemOf(answer)['detail']), /At most 2 packs of evidence are made at once/);
  }
  assert.equal((await got(sally, three.secret, wish)).status, 200);
});

async function isWhole(answer: IncomingMessage): Promise<boolean> {
  try {
    for await (const _piece of answer);
    return true;
  } catch {
    return false;
  }
}

/** An instance of its own whose record is long. */
async function longOne(): Promise<Sallyport> {
  const of = await startApi();
  const at = of.clock.now();
  const none = { sessionId: null, appId: null, source: null, accountId: null };
  for (let i = 0; i < MANY; i += 1)
    await of.app.store.audit.append({
      ...{ ...none, at, kind: 'organisation.set', outcome: 'ok', actor: 'cli:root' },
      detail: JSON.stringify({ organisation: `org-${i}`, name: `Practice ${i}` }),
    });
  return of;
}

test('an error midway breaks the download off, so that no whole file results, and nothing says that it was handed out', async (t) => {
  const of = await longOne();
  t.after(() => of.close());
  const { secret } = await tokenOf(of, { role: 'auditor' });
  const wished = { from: of.clock.now() - DAY, to: of.clock.now() + DAY };
  assert.equal((await got(of, secret, wished)).status, 200);
  const file = new DatabaseSync(join(of.data, 'sallyport.db'), { timeout: 5000 });
  file.exec('drop trigger audit_no_update');
  file.exec(
    `update audit set detail = '{"organisation":"org-x","name":"Altered"}' where seq = (select max(seq) - 20 from audit)`,
  );
  file.close();
  const answer = await got(of, secret, wished);
  assert.deepEqual([answer.status, answer.whole], [200, false]);
  assert.ok(answer.body.length > 1000);
  assert.equal((await verify({ pack: answer.body, key: null, checkpoint: null })).verdict, 'failed');
  assert.equal((await of.audit('evidence.export')).length, 1);
  assert.ok(of.log.some(({ msg }) => msg === 'an export of evidence broke off'));
});

test('when the receiver goes away, or may not have it any more, the work ends: nothing is on record, and others have their turn', async (t) => {
  const of = await longOne();
  t.after(() => of.close());
  const wished = { from: of.clock.now() - DAY, to: of.clock.now() + DAY };
  const tokens = [await tokenOf(of, { role: 'auditor' }), await tokenOf(of, { role: 'auditor' })];
  for (const { secret } of tokens) {
    const asking = asked(of, secret, wished);
    asking.on('error', () => {});
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    answer.on('error', () => {});
    answer.destroy();
  }
  const { id, secret } = await tokenOf(of, { role: 'auditor' });
  const answer = await gotWhenFree(of, secret, wished);
  assert.deepEqual([answer.status, answer.whole], [200, true]);
  const actors = (await of.audit('evidence.export')).map(({ actor }) => actor);
  assert.deepEqual(actors, [`token:${id}`]);
  assert.ok(!of.log.some(({ msg }) => msg === 'an export of evidence broke off'));
  const [response] = (await once(asked(of, secret, wished), 'response')) as [IncomingMessage];
  await revokeToken.perform(of.manage, { id });
  let whole = true;
  try {
    for await (const _piece of response);
  } catch {
    whole = false;
  }
  assert.equal(whole, false, 'a token that is revoked meanwhile gets no whole pack');
});

test('who goes away before anything was sent leaves no fault behind, and an export holds up no end of the server', async () => {
  const of = await longOne();
  const wished = { from: of.clock.now() - DAY, to: of.clock.now() + DAY };
  const [gone, stays] = [await tokenOf(of, { role: 'auditor' }), await tokenOf(of, { role: 'auditor' })];
  const asking = asked(of, gone.secret, wished);
  asking.on('error', () => {});
  await once(asking, 'finish');
  asking.destroy();
  const again = await gotWhenFree(of, gone.secret, wished);
  assert.deepEqual([again.status, again.whole], [200, true]);
  assert.deepEqual(
    of.log.filter(({ level }) => Number(level) >= 50),
    [],
  );
  const [answer] = (await once(asked(of, stays.secret, wished), 'response')) as [IncomingMessage];
  // Whether it came to its end before the server did is no matter: both end.
  await Promise.all([of.close(), isWhole(answer)]);
});

test('a session that ends meanwhile gets no whole pack either', async (t) => {
  const of = await longOne();
  t.after(() => of.close());
  const { cookie } = await personOf(of, [{ role: 'auditor', organisation: null }]);
  const wished = { from: of.clock.now() - DAY, to: of.clock.now() + DAY };
  const headers = { Host: new URL(CONSOLE).host, Cookie: cookie, Origin: CONSOLE, 'Content-Type': 'application/json' };
  const port = of.app.consolePort() ?? 0;
  const how = { host: '127.0.0.1', port, path: '/api/v1/evidence', method: 'POST', headers, agent: false };
  const [answer] = (await once(request(how).end(JSON.stringify(wished)), 'response')) as [IncomingMessage];
  assert.equal(answer.statusCode, 200);
  const [row] = await listSessions.ask(of.manage, {});
  assert.ok(row);
  await revokeSession.perform(of.manage, { id: row.id });
  assert.equal(await isWhole(answer), false);
});

test('postgres: a pack is made on a connection of its own, and verified', async (t) => {
  const of = await startApi({ postgres: await (await postgres()).migrated() });
  t.after(() => of.close());
  await addAccount(of.manage, { name: 'ada', realm: 'staff' });
  const { secret } = await tokenOf(of, { role: 'auditor' });
  const answer = await got(of, secret, { from: of.clock.now() - DAY, to: of.clock.now() + DAY });
  assert.deepEqual([answer.status, answer.whole], [200, true], answer.body.toString().slice(0, 300));
  const [row] = await of.app.store.log.keys();
  assert.ok(row);
  const key = formatVerifierKey(logVerifier(row));
  assert.equal((await verify({ pack: answer.body, key, checkpoint: null })).verdict, 'verified');
});
