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
