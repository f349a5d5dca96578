import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { parseAnswer } from '../support/raw.ts';
import { HOST, withSallyport } from '../support/sallyport.ts';

const on = withSallyport();
const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Bodies that a parser may choke on: type, body (one character for one byte), further header lines. */
const BODIES: Readonly<Record<string, readonly [type: string | null, body: string, ...fields: string[]]>> = {
  'JSON cut off': [JSON_TYPE, '{"account":"ali'],
  'JSON that is no object': [JSON_TYPE, '[]'],
  'JSON null': [JSON_TYPE, 'null'],
  'a number for a name': [JSON_TYPE, '{"account":1,"password":"x"}'],
  'an object for a name': [JSON_TYPE, '{"account":{"$ne":null},"password":"x"}'],
  'a list for a name': [JSON_TYPE, '{"account":["alice"],"password":"x"}'],
  'a member twice': [JSON_TYPE, '{"account":"alice","account":"root","password":"x"}'],
  'a prototype': [JSON_TYPE, '{"__proto__":{"account":"alice"},"password":"x"}'],
  'a constructor': [JSON_TYPE, '{"constructor":"x"}'],
  'ten thousand brackets': [JSON_TYPE, '['.repeat(10_000)],
  'a lone surrogate': [JSON_TYPE, '{"account":"\\ud800","password":"x"}'],
  'JSON that is not UTF-8': [JSON_TYPE, '{"account":"\xff\xfe","password":"x"}'],
  'a byte order mark': [JSON_TYPE, '\xef\xbb\xbf{"account":"alice","password":"x"}'],
  'a percent sign alone': [FORM_TYPE, 'account=%&password=x'],
  'a form that is not UTF-8': [FORM_TYPE, 'account=%ff%fe&password=x'],
  'a form with NUL': [FORM_TYPE, 'account=alice%00&password=x'],
  'a form with brackets': [FORM_TYPE, 'account[]=alice&password=x'],
  'a field twice': [FORM_TYPE, 'account=alice&account=root&password=x'],
  'nothing at all': [JSON_TYPE, ''],
  'gzip that is none': [JSON_TYPE, 'not gzip', 'Content-Encoding: gzip'],
  'another charset': [`${JSON_TYPE}; charset=utf-7`, '{}'],
  'a multipart form': ['multipart/form-data; boundary=x', '--x\r\n\r\n'],
  'no type': [null, '{}'],
  'two types in one': [`${JSON_TYPE}, ${FORM_TYPE}`, '{}'],
  'more than is read': [JSON_TYPE, `{"account":"${'a'.repeat(40_000)}"}`],
};

const PATHS = ['/.sallyport/sign-in', '/.sallyport/sign-in/totp', '/.sallyport/enrol', '/.sallyport/sign-out'];

async function post(path: string, type: string | null, body: string, fields: readonly string[], cookie = '') {
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${HOST}`,
    `Origin: ${on.sally.origin}`,
    ...(type === null ? [] : [`Content-Type: ${type}`]),
    ...(cookie === '' ? [] : [`Cookie: ${cookie}`]),
    `Content-Length: ${body.length}`,
    ...fields,
    'Connection: close',
  ];
  return parseAnswer((await on.sally.raw(`${head.join('\r\n')}\r\n\r\n${body}`)).text);
}

test('a body that cannot be read is refused, opens nothing and leaves the server well', async () => {
  for (const path of PATHS) {
    for (const [what, [type, body, ...fields]] of Object.entries(BODIES)) {
      // An empty form is a whole one where no field is asked for.
      if (path === '/.sallyport/sign-out') continue;
      const answer = await post(path, type, body, fields);
      assert.ok(answer.status >= 400 && answer.status < 500, `${path} ${what}: ${answer.status}`);
      assert.deepEqual(answer.all('set-cookie'), [], `${path} ${what}`);
      assert.doesNotMatch(answer.body, /\.ts|SyntaxError|Unexpected/, `${path} ${what}`);
    }
  }
  on.sally.upstream.silent();
  await on.sally.healthy();
});

test('a session is not ended, and nothing of it changed, by a body that cannot be read', async () => {
  const cookie = await on.sally.session('bob');
  for (const [what, [type, body, ...fields]] of Object.entries(BODIES)) {
    if (body === '') continue;
    const answer = await post('/.sallyport/sign-out', type, body, fields, cookie);
    assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status}`);
  }
  on.sally.upstream.silent();
  assert.equal((await on.sally.send('GET', '/', { cookie })).status, 200);
});

test('a body that breaks off in the middle opens nothing', async () => {
  const alice = new Person(on.sally, 'alice');
  await alice.enrol();
  const form = JSON.stringify({ account: 'alice', password: alice.password });
  on.sally.upstream.clear();
  const before = (await on.sally.audit('sign-in.begin')).length;
  const head = `POST /.sallyport/sign-in HTTP/1.1\r\nHost: ${HOST}\r\nOrigin: ${on.sally.origin}\r\n`;
  const { text } = await on.sally.raw(
    `${head}Content-Type: ${JSON_TYPE}\r\nContent-Length: ${form.length + 1}\r\n\r\n${form}`,
    { halfClose: true, deadlineMs: 500 },
  );
  assert.doesNotMatch(text, /^HTTP\/1\.1 2/);
  assert.doesNotMatch(text, /set-cookie/i);
  assert.equal((await on.sally.audit('sign-in.begin')).length, before, 'a whole form with a byte missing is no form');
  on.sally.upstream.silent();
});
