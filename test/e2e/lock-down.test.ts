import assert from 'node:assert/strict';
import test from 'node:test';
import { beginLockDown, endLockDown } from '../../src/manage/lock-down.ts';
import { fleet } from '../support/fleet.ts';
import { boundTests } from '../support/login-app-bound.ts';
import { run, start } from '../support/process.ts';
import { type ParsedAnswer, parseAnswer, raw } from '../support/raw.ts';

const REASON = 'A password list goes round <b>&amp;';

function asked(port: number, head: readonly string[], body = ''): Promise<ParsedAnswer> {
  const [line = '', ...more] = head;
  const length = body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`];
  const text = [`${line} HTTP/1.1`, 'Host: app.test', ...more, ...length, 'Connection: close', '', body].join('\r\n');
  return raw(port, text, { deadlineMs: 10_000 }).then((answer) => parseAnswer(answer.text));
}

const page = (port: number, language: string) =>
  asked(port, ['GET /.sallyport/sign-in', `Accept-Language: ${language}`, 'Accept: text/html']);
const typed = (port: number) =>
  asked(
    port,
    ['POST /.sallyport/sign-in', 'Origin: http://app.test'],
    JSON.stringify({ account: 'alice', password: 'whatever she has' }),
  );
const inside = (port: number, cookie: string) => asked(port, ['GET /', `Cookie: ${cookie}`]);

for (const kind of ['sqlite', 'postgres'] as const)
  test(`${kind}: when the command has returned, signing in is closed on every node, and open again when the other has`, async (t) => {
    const { nodes, session } = await fleet(t, kind, '10s');
    const [{ file = '', port: first = 0 } = {}] = nodes;
    const { cookie } = await session();
    const command = async (...words: readonly string[]) => {
      const ran = await run('lock-down', ...words, '--json', '--config', file);
      assert.equal(ran.code, 0, ran.err);
      return JSON.parse(ran.out) as Record<string, Record<string, unknown>>;
    };
    for (const { port } of nodes) assert.equal((await typed(port)).status, 401);
    assert.deepEqual(await command('show'), { lock_down: null });
    const on = await command('on', '--reason', REASON, '--for', '2h');
    assert.equal(on['lock_down']?.['reason'], REASON);
    assert.equal((on['in_force']?.['confirmed'] as string[] | undefined)?.length, nodes.length);
    for (const { port } of nodes) {
      const refused = await typed(port);
      assert.equal(refused.status, 503);
      assert.match(refused.header('content-type') ?? '', /^application\/problem\+json/);
      assert.equal((JSON.parse(refused.body) as { code: string }).code, 'locked-down');
      const wait = Number(refused.header('retry-after'));
      assert.ok(wait > 7000 && wait <= 7200, `${wait} s`);
      const words = { en: 'Signing in is closed for now', cy: 'Mae mewngofnodi ar gau', ar: 'تسجيل الدخول مغلق' };
      for (const [language, title] of Object.entries(words)) {
        const shown = await page(port, language);
        const body = Buffer.from(shown.body, 'latin1').toString();
        assert.equal(shown.status, 200);
        assert.ok(body.includes(title), body);
        assert.ok(body.includes('A password list goes round &lt;b&gt;&amp;amp;'), body);
      }
      assert.equal((await inside(port, cookie)).status, 200, 'who is signed in goes on');
      const health = ['GET /.sallyport/health'];
      assert.equal((await asked(port, health)).status, 200);
    }
    // Another start on the same database serves nobody before it knows.
    await nodes[0]?.process.stop();
    const again = start(t, '--config', file);
    await again.until(/Stop with Ctrl-C/);
    assert.equal((await typed(first)).status, 503);
    assert.equal((await command('show'))['lock_down']?.['reason'], REASON);
    const off = await command('off');
    assert.equal(off['ended']?.['reason'], REASON);
    for (const { port } of nodes) {
      assert.equal((await typed(port)).status, 401);
      assert.doesNotMatch((await page(port, 'en')).body, /closed for now/);
    }
    assert.equal((await command('off'))['ended'], null);
    const wrong = await run('lock-down', 'on', '--reason', 'x', '--for', '5s', '--config', file);
    assert.equal(wrong.code, 2, wrong.err);
  });

boundTests((on) => {
  test('a password that is typed into the app’s own page meanwhile never reaches the app', async () => {
    const { manage } = on.sally;
    const alice = await on.signer('alice', 'front');
    const inside = await on.signer('bob', 'portal');
    await inside.arrive();
    const csrf = await alice.loginPage();
    await beginLockDown.perform(manage, { reason: REASON, until: null });
    await manage.store.settle();
    try {
      const hits = on.app.upstream.hits;
      for (const password of [alice.password, 'not hers']) {
        const got = await alice.form('/login', { csrf, username: 'alice', password });
        assert.equal(got.status, 503);
        assert.match(got.body, /A password list goes round/);
      }
      assert.equal(on.app.upstream.hits, hits);
      assert.equal((await inside.page('/account')).status, 200, 'who is signed in goes on');
    } finally {
      await endLockDown.perform(manage, {});
      await manage.store.settle();
    }
    await alice.arrive();
    assert.equal((await alice.page('/account')).status, 200);
  });
});
