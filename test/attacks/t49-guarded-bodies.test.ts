import assert from 'node:assert/strict';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { boundTests } from '../support/login-app-bound.ts';
import { parseAnswer } from '../support/raw.ts';

type Sent = readonly [type: string | null, body: string | Buffer];
const UTF7 = '+ADw-r+AD4-+ADw-username+AD4-bob+ADw-/username+AD4-+ADw-/r+AD4-';
const FAR = `<?xml version="1.0"${' '.repeat(300)}encoding="UTF-7"?>${UTF7}`;
const FIELDS = '{"username":"bob","password":"x"}';
const parts = (...names: readonly string[]): string =>
  `${names.map((name) => `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nbob\r\n`).join('')}--B--\r\n`;

/** Each is taken for the fields of a sign-in by some reader or other. */
const REFUSED: readonly Sent[] = [
  ...['application/xml', 'text/xml', 'application/soap+xml', 'text/plain', null].map((type): Sent => [type, FAR]),
  ...['mixed', 'related', 'anything'].map(
    (sub): Sent => [`multipart/${sub}; boundary=B`, parts('username', 'password')],
  ),
];

/** A form that is judged at its last byte, since what decides is the last escape in it. */
const LATE: readonly Sent[] = ['<username>bob</username>', '{"username":1}', '{"a":{"username":1}}']
  .flatMap((text) => [encodeURIComponent(text), encodeURIComponent(encodeURIComponent(text))])
  .map((text) => ['application/x-www-form-urlencoded', `data=${text.replace('%7D', '}')}`]);

/** What people send every day. */
const TAKEN: readonly Sent[] = [
  ['application/octet-stream', FIELDS],
  ['image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1, 2])],
  ['application/gzip', gzipSync('username=bob')],
  ['multipart/form-data; boundary=B', parts('a')],
  ['multipart/mixed; boundary=B', parts('a')],
  ['application/xml', '<?xml version="1.0" encoding="UTF-8"?><a>username</a>'],
];

boundTests((on) => {
  test('a body that some reader takes for the fields of a sign-in never arrives whole', async () => {
    const alice = await on.signer('alice');
    await alice.arrive();
    const send = async ([type, body]: Sent) => {
      on.app.upstream.clear();
      const bytes = Buffer.from(body);
      const head = [
        'POST /data HTTP/1.1',
        'Host: portal.test',
        'Origin: http://portal.test',
        `Cookie: ${alice.cookie}`,
        ...(type === null ? [] : [`Content-Type: ${type}`]),
        `Content-Length: ${bytes.length}`,
        'Connection: close',
        '',
        '',
      ];
      const { text } = await on.sally.raw(Buffer.concat([Buffer.from(head.join('\r\n')), bytes]), { deadlineMs: 5000 });
      const whole = on.app.upstream.requests.some(({ bodyBytes, complete }) => complete && bodyBytes === bytes.length);
      return { status: parseAnswer(text).status, whole };
    };
    for (const one of [...REFUSED, ...LATE]) {
      const { status, whole } = await send(one);
      const label = `${one[0]} ${String(one[1]).slice(0, 40)}`;
      assert.ok([400, 403, 415].includes(status), `${label}: ${status}`);
      assert.equal(whole, false, label);
    }
    for (const one of TAKEN) assert.equal((await send(one)).whole, true, String(one[0]));
  });
});
