import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { command } from '../support/command.ts';
import { startSallyport } from '../support/sallyport.ts';
import { answer } from '../support/upstream.ts';

test('the app’s own log, read by the command: what came through us and what did not, told and on record', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  sally.upstream.on('*', answer('the app'));
  const cookie = await sally.session('alice');
  for (const path of ['/a', '/b', '/c']) assert.equal((await sally.send('GET', path, { cookie })).status, 200);
  const lines = sally.upstream.requests.map(
    (request) =>
      `127.0.0.1 - - [30/Nov/2026:01:02:03 +0000] "GET ${request.target} HTTP/1.1" 200 2 "-" "-" "${request.all('sallyport-request')[0]}"`,
  );
  const file = join(sally.data, 'access.log');
  const where = ['--config', join(sally.data, 'sallyport.yml'), '--app', 'portal'];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const good = await command('origin', 'log', file, ...where);
  assert.equal(good.code, 0, good.err);
  assert.match(good.out, /with our id +3\n/);
  const evil = '203.0.113.9 - mallory [30/Nov/2026:01:02:04 +0000] "GET /\u0007pay HTTP/1.1" 200 2 "-" "-" "-"';
  writeFileSync(file, `${lines.join('\n')}\n${evil}\n`);
  const bad = await command('origin', 'log', file, ...where);
  assert.equal(bad.code, 1);
  assert.match(bad.out, /no id +203\.0\.113\.9 +mallory +GET +\/\?pay +200 +1 +2026-11-30 01:02:04Z/);
  assert.match(bad.err, /1 request did not come through us/);
  const asJson = await command('origin', 'log', file, ...where, '--json');
  const told = JSON.parse(asJson.out) as { ok: boolean; past: number; ours: number; groups: { client: string }[] };
  assert.deepEqual([told.ok, told.past, told.ours, told.groups[0]?.client], [false, 1, 3, '203.0.113.9']);
  const rows = (await sally.audit('origin.log-read')).map(({ outcome, appId, detail }) => [
    outcome,
    appId,
    (JSON.parse(detail) as { past: number }).past,
  ]);
  assert.deepEqual(new Set(rows.map(String)), new Set(['ok,portal,0', 'failed,portal,1']));
  const gone = await command('origin', 'log', join(sally.data, 'none.log'), ...where);
  assert.deepEqual([gone.code, /cannot be read: ENOENT/.test(gone.err)], [1, true]);
});

test('a log without ids, compared with our own by the command: what was sent past us at that moment is told, weaker, and on record', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  sally.upstream.on('*', answer('the app'));
  const cookie = await sally.session('alice');
  const began = Date.now();
  for (let i = 0; i < 12; i += 1) assert.equal((await sally.send('GET', `/p/${i}?q=1`, { cookie })).status, 200);
  assert.equal((await sally.send('GET', '/refused')).status, 401);
  const at = (ms: number) => new Date(ms).toISOString();
  const ours = join(sally.data, 'sallyport.log');
  // From a minute before to a minute after: the servers of the tests share one moment.
  const own = sally.log.map((line) => JSON.stringify(line));
  const edges = [began - 60_000, Date.now() + 60_000].map((ms) => JSON.stringify({ time: at(ms), msg: 'x' }));
  writeFileSync(ours, [edges[0], ...own, edges[1], ''].join('\n'));
  const file = join(sally.data, 'access.json');
  const lineOf = (target: string) =>
    JSON.stringify({ time: at(Date.now()), remote_addr: '127.0.0.1', request: `GET ${target} HTTP/1.1`, status: 200 });
  const theirs = sally.upstream.requests.map(({ target }) => lineOf(target));
  const where = ['--config', join(sally.data, 'sallyport.yml'), '--app', 'portal', '--ours', ours];
  writeFileSync(file, `${theirs.join('\n')}\n`);
  const good = await command('origin', 'log', file, ...where, '--tolerance', '30');
  assert.equal(good.code, 0, good.err + good.out);
  assert.match(good.out, /with our id +none: matched by time with our own log, which is weaker/);
  assert.match(good.out, /explained by our log +12\n/);
  assert.match(good.err, /Matched by time: .* It cannot tell/);
  // The same once more, and one that we have refused.
  writeFileSync(file, `${[...theirs, theirs[3], lineOf('/refused')].join('\n')}\n`);
  const bad = await command('origin', 'log', file, ...where, '--tolerance', '30');
  assert.equal(bad.code, 1, bad.out);
  assert.match(bad.out, /not in our log +127\.0\.0\.1 .*\/p\/3 +200 +1/);
  assert.match(bad.out, /not in our log +127\.0\.0\.1 .*\/refused +200 +1/);
  assert.match(bad.err, /2 requests did not come through us/);
  const rows = await sally.audit('origin.log-read');
  const told = rows.map(
    ({ outcome, detail }) => [outcome, JSON.parse(detail) as { by: string; past: number }] as const,
  );
  assert.deepEqual(told.map(([outcome, { by, past }]) => `${outcome} ${by} ${past}`).sort(), [
    'failed time 2',
    'ok time 0',
  ]);
  const other = join(sally.data, 'other.log');
  writeFileSync(other, '');
  const none = await command('origin', 'log', file, ...where.slice(0, 4), '--ours', other);
  assert.deepEqual([none.code, /Our own log reaches none of these requests/.test(none.err)], [1, true]);
  for (const wrong of ['61', 'x', '1.5', '-1'])
    assert.equal((await command('origin', 'log', file, ...where, `--tolerance=${wrong}`)).code, 2, wrong);
  assert.equal((await command('origin', 'log', file, ...where.slice(0, 4), '--tolerance', '5')).code, 2);
});

test('the addresses of an app, tried by the command: without any named nothing is on record', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  sally.upstream.on('*', answer('the app'));
  const where = ['--config', join(sally.data, 'sallyport.yml')];
  const ran = await command('origin', 'check', ...where);
  assert.equal(ran.code, 0, ran.err);
  assert.match(ran.out, /portal +upstream +past us +answers us +http:\S+: 200 to anybody/);
  assert.match(ran.err, /no address is named under ways_past/);
  assert.equal((await sally.audit('origin.checked')).length, 0);
  const outside = await command('origin', 'check', '--outside', ...where, '--json');
  assert.equal(outside.code, 1);
  const [entry] = await sally.audit('origin.checked');
  assert.deepEqual([entry?.outcome, entry?.appId], ['failed', 'portal']);
});
