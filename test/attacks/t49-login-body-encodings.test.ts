import assert from 'node:assert/strict';
import test from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { FORM } from '../support/login-app-attempts.ts';
import { type Bound, boundTests, SITES } from '../support/login-app-bound.ts';
import { APP_PASSWORDS } from '../support/login-app-people.ts';
import { toCp037 } from '../support/login-app-read.ts';
import { parseAnswer } from '../support/raw.ts';
import type { Signer } from '../support/signer.ts';

const PASSWORD = APP_PASSWORDS['alice'] ?? '';
const BODY = `username=alice&password=${encodeURIComponent(PASSWORD)}`;
const JSON_BODY = JSON.stringify({ username: 'alice', password: PASSWORD });
const part = (name: string, value: string, more = ''): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const MULTIPART = `${part('username', 'alice')}${part('password', PASSWORD)}--b--\r\n`;
const chunks = (text: string): string => `${[...text].map((letter) => `1\r\n${letter}\r\n`).join('')}0\r\n\r\n`;

interface Encoded {
  readonly name: string;
  /** Raw header lines besides Host, Cookie and Content-Length. */
  readonly fields: readonly string[];
  readonly body: string | Buffer;
  /** Content-Length is left out: the body frames itself. */
  readonly framed?: boolean;
}

const typed = (type: string, body: string | Buffer = BODY): Encoded => ({
  name: type,
  fields: [`Content-Type: ${type}`],
  body,
});
const form = (name: string, body: string | Buffer, more: readonly string[] = []): Encoded => ({
  name,
  fields: [`Content-Type: ${FORM}`, ...more],
  body,
});

/** Every one is read as alice's name and password by some app or other; only the plain form is a form. */
const REFUSED: readonly Encoded[] = [
  { name: 'no type', fields: [], body: BODY },
  ...[
    '',
    'text/plain',
    'text/plain, application/x-www-form-urlencoded',
    `${FORM}, text/plain`,
    `${FORM};;`,
    `${FORM}; charset=utf-16`,
    `${FORM}; charset=utf-7`,
    `${FORM}; charset=iso-8859-1`,
    `${FORM}; charset=windows-1252`,
    `${FORM}; charset="utf-16"`,
    `${FORM}; charset=utf-8; charset=utf-16`,
    `${FORM}; Charset=UTF-16; charset=utf-8`,
    `${FORM}; charset*=utf-16''x`,
    `${FORM}; x=y`,
    `${FORM} ; boundary=b`,
    'application/x-www-form-urlencoded-x',
    'application/x-www-form',
    'application/octet-stream',
    '*/*',
    'x',
  ].map((type) => typed(type)),
  { name: 'two types', fields: [`Content-Type: ${FORM}`, 'Content-Type: text/plain'], body: BODY },
  { name: 'one type twice', fields: [`Content-Type: ${FORM}`, `content-type: ${FORM}`], body: BODY },
  ...[
    'application/json',
    'text/json',
    'application/json; charset=utf-8',
    'text/plain',
    FORM,
    'application/vnd.api+json',
    'application/problem+json',
  ].map((type) => typed(type, JSON_BODY)),
  typed('application/json', '{"username":"bob","username":"alice","password":"Passw0rd!a"}'),
  typed('application/json', '{"username":["alice"],"password":"Passw0rd!a"}'),
  typed('application/json', '[{"username":"alice","password":"Passw0rd!a"}]'),
  typed('text/xml', `<a><username>alice</username><password>${PASSWORD}</password></a>`),
  typed(
    'application/xml',
    `<!DOCTYPE a [<!ENTITY e "alice">]><a><username>&e;</username><password>${PASSWORD}</password></a>`,
  ),
  typed('multipart/form-data; boundary=b', MULTIPART),
  typed('MULTIPART/form-data; boundary=b', MULTIPART),
  typed('multipart/form-data', MULTIPART),
  typed('multipart/mixed; boundary=b', MULTIPART),
  typed(FORM, MULTIPART),
  typed('multipart/form-data; boundary=b', `${part('username', 'bob')}${MULTIPART}`),
  typed('multipart/form-data; boundary=b; boundary=c', MULTIPART),
  typed(`${FORM}; charset=ibm037`, toCp037(BODY)),
  typed(`${FORM}; charset=ibm037`, `username=bob&password=x&${toCp037(BODY).toString('latin1')}`),
  typed(`${FORM}; charset=utf-16le`, Buffer.from(BODY, 'utf16le')),
  form('utf-16 without a word', Buffer.from(BODY, 'utf16le')),
  form('byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(BODY)])),
  form('latin-1', `username=al%EFce&password=${PASSWORD}`),
  form('_charset_', `_charset_=utf-7&${BODY}`),
  form('_charset_ at the end', `${BODY}&_charset_=iso-8859-1`),
  form('raw bytes', Buffer.concat([Buffer.from('username=al'), Buffer.from([0xef]), Buffer.from('ce&password=x')])),
  form('gzip', gzipSync(BODY), ['Content-Encoding: gzip']),
  form('deflate', deflateSync(BODY), ['Content-Encoding: deflate']),
  form('br', brotliCompressSync(BODY), ['Content-Encoding: br']),
  form('gzip by name alone', BODY, ['Content-Encoding: x-gzip']),
  form('gzip without a word', gzipSync(BODY)),
  {
    name: 'gzip in transfer',
    fields: [`Content-Type: ${FORM}`, 'Transfer-Encoding: gzip, chunked'],
    body: chunks('x'),
    framed: true,
  },
  form('no body', ''),
  form('1 MB', `username=alice&password=${'x'.repeat(1 << 20)}`),
  form('1001 fields', `${BODY}${Array.from({ length: 1001 }, (_, i) => `&f${i}=1`).join('')}`),
  form('1001 empty fields', `${BODY}${'&'.repeat(1001)}`),
  {
    name: '1 MB in chunks',
    fields: [`Content-Type: ${FORM}`, 'Transfer-Encoding: chunked'],
    body: `100000\r\n${'x'.repeat(1 << 20)}\r\n0\r\n\r\n`,
    framed: true,
  },
];

function wire(who: Signer, { fields, body, framed }: Encoded, csrf?: string): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const sent = csrf === undefined ? bytes : Buffer.concat([bytes, Buffer.from(`&csrf=${csrf}`)]);
  const head = [
    'POST /login HTTP/1.1',
    `Host: ${who.host}`,
    `Origin: ${who.origin}`,
    'Accept: text/html',
    ...(who.cookie === '' ? [] : [`Cookie: ${who.cookie}`]),
    ...(framed === true ? [] : [`Content-Length: ${sent.length}`]),
    ...fields,
    'Connection: close',
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), sent]);
}

async function all(on: Bound, who: Signer): Promise<void> {
  const times: number[] = [];
  for (const one of REFUSED) {
    on.app.upstream.clear();
    const { text, ms } = await on.sally.raw(wire(who, one), { deadlineMs: 5000 });
    const { status } = parseAnswer(text);
    assert.ok(
      [400, 403, 413, 415, 501].includes(status) || (status === 401 && one.name === 'no body'),
      `${one.name}: ${status}`,
    );
    on.app.upstream.silent(one.name);
    times.push(ms);
  }
  times.sort((a, b) => a - b);
  assert.ok((times[times.length >> 1] ?? 0) < 100, `half of them took longer than ${times[times.length >> 1]} ms`);
  assert.ok((times.at(-1) ?? 0) < 2000, `one took ${times.at(-1)} ms`);
  assert.deepEqual(on.app.as('alice'), []);
}

boundTests((on) => {
  for (const site of ['front', 'formfront', 'portal', 'form']) {
    test(`${site}: a login in any other encoding than its own is refused at once, and nothing is sent`, async () => {
      const bob = await on.signer('bob', site);
      if (site.includes('front')) await bob.loginPage();
      else await bob.arrive();
      on.app.worst = true;
      on.app.csrf = false;
      on.app.served.length = 0;
      await all(on, bob);
    });
  }

  test('what is sent on is ours: one form, our framing, no encoding, nothing of the browser’s bytes', async () => {
    for (const [n, one] of [
      form('plain', BODY),
      typed(`${FORM}; charset=utf-8`),
      typed(`${FORM};charset=UTF-8`),
      {
        name: 'one byte a chunk',
        fields: [`Content-Type: ${FORM}`, 'Transfer-Encoding: chunked'],
        body: BODY,
        framed: true,
      },
      form('with odd escapes', BODY.replace('alice', '%61l%69ce').replace('=', '=')),
      form('Expect', BODY, ['Expect: 100-continue']),
    ].entries()) {
      const alice = await on.signer('alice', 'front');
      const csrf = await alice.loginPage();
      on.app.upstream.clear();
      const body = one.framed === true ? chunks(`${one.body}&csrf=${csrf}`) : one.body;
      const { text } = await on.sally.raw(wire(alice, { ...one, body }, one.framed === true ? undefined : csrf), {
        deadlineMs: 5000,
      });
      const answer = parseAnswer(text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, ''));
      const logins = on.app.upstream.requests.filter(({ method }) => method === 'POST');
      if (answer.status !== 303) {
        assert.ok(
          n > 0 && [400, 411, 415, 417].includes(answer.status),
          `${one.name}: ${answer.status} ${answer.body}`,
        );
        on.app.upstream.silent(one.name);
        continue;
      }
      assert.equal(logins.length, 1, one.name);
      const [login] = logins;
      assert.ok(login !== undefined);
      assert.deepEqual(
        login.all('content-type').map((type) => type.toLowerCase()),
        [FORM],
      );
      assert.deepEqual(
        [login.all('transfer-encoding'), login.all('expect'), login.all('content-encoding')],
        [[], [], []],
      );
      assert.equal(Number(login.all('content-length')[0]), login.bodyBytes);
      assert.deepEqual([...new URLSearchParams(login.body)].sort(), [
        ['csrf', csrf],
        ['password', PASSWORD],
        ['username', 'alice'],
      ]);
    }
  });

  test('a body that ends before it is whole, or trickles, sends nothing', async () => {
    const alice = await on.signer('alice', 'front');
    const csrf = await alice.loginPage();
    on.app.upstream.clear();
    const whole = wire(alice, form('plain', BODY), csrf);
    await on.sally.raw(whole.subarray(0, whole.length - 5), { deadlineMs: 300, halfClose: true });
    await on.sally.raw(whole.subarray(0, whole.length - 5), { deadlineMs: 300 });
    on.app.upstream.silent();
  });
}, SITES);
