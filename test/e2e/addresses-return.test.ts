import assert from 'node:assert/strict';
import test from 'node:test';
import { boundTests } from '../support/login-app-bound.ts';
import type { Signer } from '../support/signer.ts';
import { answer, answerAtEnd, type Recorded } from '../support/upstream.ts';

const INNER = 'http://inner.test:8081';
const OTHER = 'https://old.inner.test';
const BODY = [`rewrite: { location: true, body: ["${INNER}", "${OTHER}"] }`];

/** What a page shows of a value, as people and scripts send it back: written and sent in the same way. */
const WAYS: Readonly<Record<string, { type: string; write: (value: string) => string }>> = {
  form: {
    type: 'application/x-www-form-urlencoded',
    write: (value) => `site=${encodeURIComponent(value)}&blank=`,
  },
  'form with lower hexadecimals': {
    type: 'application/x-www-form-urlencoded; charset=UTF-8',
    write: (value) => `site=${encodeURIComponent(value).replace(/%../g, (each) => each.toLowerCase())}`,
  },
  json: { type: 'application/json', write: (value) => JSON.stringify({ site: value, nested: [{ value }] }) },
  'json with escaped strokes': {
    type: 'application/json',
    write: (value) => JSON.stringify({ site: value }).replaceAll('/', '\\/'),
  },
  'json of a vendor': { type: 'application/vnd.api+json', write: (value) => JSON.stringify({ value }) },
  xml: { type: 'text/xml', write: (value) => `<a><site>${value}</site></a>` },
  text: { type: 'text/plain', write: (value) => value },
  page: { type: 'text/html; charset=utf-8', write: (value) => `<p>${value}</p>` },
  multipart: {
    type: 'multipart/form-data; boundary=XX',
    write: (value) =>
      `${['', value, 'x']
        .map((each, i) => `--XX\r\nContent-Disposition: form-data; name="n${i}"\r\n\r\n${each}\r\n`)
        .join('')}--XX--\r\n`,
  },
};

const VALUES: readonly string[] = ['', '/', '/a/b?c=d#e', '/é中', `/?to=${encodeURIComponent(`${INNER}/x`)}`];

boundTests(
  (on) => {
    const sent = async (
      bob: Signer,
      type: string,
      body: string,
      fields: [string, string][] = [],
    ): Promise<Recorded> => {
      on.app.upstream.on(
        '/settings',
        answerAtEnd(() => 'kept'),
      );
      on.app.upstream.clear();
      const got = await bob.send('POST', '/settings', {
        body,
        headers: [['Content-Type', type], ...fields],
      });
      assert.equal(got.status, 200, got.body);
      const request = on.app.upstream.requests.find(({ target }) => target === '/settings');
      assert.ok(request !== undefined);
      return request;
    };

    test('what was shown comes back to the app as it was written there', async () => {
      const bob = await on.signer('bob');
      await bob.arrive();
      for (const [way, { type, write }] of Object.entries(WAYS))
        for (const rest of VALUES) {
          const inner = write(INNER + rest);
          on.app.upstream.on('/page', answer(Buffer.from(inner), '200 OK', ['Content-Type: text/html']));
          const { body: shown } = await bob.page('/page');
          assert.ok(shown.includes('portal.test'), `${way}: shown as ours`);
          assert.ok(!/inner\.test/.test(shown), `${way}: ${shown}`);
          const request = await sent(bob, type, Buffer.from(shown, 'latin1').toString());
          assert.equal(Buffer.from(request.body, 'latin1').toString(), inner, way);
          assert.deepEqual(request.all('content-length'), [String(Buffer.from(inner).length)], way);
          assert.deepEqual(request.all('transfer-encoding'), [], way);
        }
    });

    test('what names another host, is packed, is a piece or a file stays byte for byte', async () => {
      const bob = await on.signer('bob');
      await bob.arrive();
      const ours = bob.origin;
      const same: [string, string, [string, string][]?][] = [
        ['application/x-www-form-urlencoded', `a=${encodeURIComponent(`${ours}.evil.test/`)}`],
        ['application/json', JSON.stringify({ a: `${ours}:81/`, b: `${ours}@evil.test` })],
        ['application/octet-stream', `${ours}/`],
        ['image/png', `${ours}/`],
        ['text/plain', `${ours}/`, [['Content-Range', 'bytes 0-20/40']]],
        [
          'multipart/form-data; boundary=XX',
          `--XX\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n${ours}/\r\n--XX--\r\n`,
        ],
      ];
      for (const [type, body, fields] of same) {
        const request = await sent(bob, type, body, fields);
        assert.equal(request.body, body, type);
        assert.deepEqual(request.all('content-length'), [String(body.length)], type);
      }
    });

    test('an answer that is kept as a file has the addresses that the app wrote', async () => {
      const bob = await on.signer('bob');
      await bob.arrive();
      for (const disposition of ['attachment', 'ATTACHMENT ; filename="a.xml"', 'attachment;filename=a.xml']) {
        const fields = ['Content-Type: text/xml', `Content-Disposition: ${disposition}`];
        on.app.upstream.on('/export', answer(`<a>${INNER}/</a>`, '200 OK', fields));
        assert.equal((await bob.page('/export')).body, `<a>${INNER}/</a>`);
      }
      for (const disposition of ['inline', 'inline; filename="attachment"', 'attachments']) {
        const fields = ['Content-Type: text/xml', `Content-Disposition: ${disposition}`];
        on.app.upstream.on('/export', answer(`<a>${INNER}/</a>`, '200 OK', fields));
        assert.equal((await bob.page('/export')).body, `<a>${bob.origin}/</a>`);
      }
    });

    test('a body that is too long to be read before goes in chunks, mapped all the same', async () => {
      const bob = await on.signer('bob');
      await bob.arrive();
      const filler = 'x'.repeat(1_200_000);
      const request = await sent(bob, 'text/plain', `${bob.origin}/1 ${filler} ${bob.origin}/2`);
      assert.deepEqual(request.all('content-length'), []);
      assert.deepEqual(request.all('transfer-encoding'), ['chunked']);
      assert.ok(request.body.startsWith(`${INNER}/1 x`));
      assert.equal(request.bodyBytes, filler.length + 2 * INNER.length + 6);
    });

    test('what mapping back makes is what is judged: a guarded field is refused as before', async () => {
      const bob = await on.signer('bob');
      await bob.arrive();
      on.app.upstream.clear();
      const form = { site: `${bob.origin}/`, password: 'Passw0rd!a', username: 'alice' };
      const got = await bob.form('/settings', form);
      assert.equal(got.status, 403);
      assert.deepEqual(
        on.app.upstream.requests.filter(({ target, complete }) => target === '/settings' && complete),
        [],
      );
    });

    test('a Location with the public name and any port of the app leads to us', async () => {
      const bob = await on.signer('bob');
      await bob.arrive();
      for (const from of [INNER, OTHER, 'http://portal.test:8081', 'https://portal.test:8443', on.app.origin]) {
        on.app.upstream.on('/moved', answer('', '302 Found', [`Location: ${from}/there?a=b`]));
        assert.equal((await bob.page('/moved')).header('location'), `${bob.origin}/there?a=b`);
      }
      on.app.upstream.on('/moved', answer('', '302 Found', ['Location: http://portal.test.evil.test:8081/there']));
      assert.equal((await bob.page('/moved')).header('location'), 'http://portal.test.evil.test:8081/there');
    });

    test('the page of a sign-in that failed leads to us', async () => {
      const bob = await on.signer('bob');
      await bob.signIn();
      const csrf = await bob.loginPage();
      on.app.answers = () => answer(`<form action="${INNER}/login">`, '401 Unauthorized', ['Content-Type: text/html']);
      const failed = await bob.form('/login', { csrf, username: 'bob', password: 'wrong' });
      assert.equal(failed.status, 401);
      assert.equal(failed.body, `<form action="${bob.origin}/login">`);
      assert.equal(failed.header('content-length'), String(failed.body.length));
    });
  },
  { portal: { order: 'factor-first', preset: { more: BODY } } },
);
