import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { SallyportError } from '../../../../src/errors.ts';
import { HeaderFields } from '../../../../src/request/fields.ts';
import { createScanner } from '../../../../src/request/login/guard.ts';
import { bodyKind, boundaryOf } from '../../../../src/request/login/media.ts';

const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data; boundary=B';
const FIELDS = ['username', '*$UserName'];
const SETS = [['u', 'p']];

interface Body {
  readonly type: string | null;
  readonly text: string | Buffer;
}

/** `passed`, or the code of the refusal. By each cut the same; what comes out is a beginning of what went in. */
function verdict({ type, text }: Body, fields: readonly string[] = FIELDS): string {
  const bytes = Buffer.from(text);
  const head = ['Content-Length', String(bytes.length), ...(type === null ? [] : ['Content-Type', type])];
  const said = [bytes.length, 1, 7].map((size) => {
    if (size < bytes.length && bytes.length > 2000) return undefined;
    const out: Buffer[] = [];
    try {
      const scanner = createScanner(
        { kind: bodyKind(HeaderFields.of(head)), boundary: boundaryOf(HeaderFields.of(head)) },
        { fields, sets: SETS },
      );
      for (let at = 0; at < bytes.length; at += size) out.push(scanner.push(bytes.subarray(at, at + size)));
      out.push(scanner.end());
      assert.ok(Buffer.concat(out).equals(bytes));
      return 'passed';
    } catch (error) {
      if (!(error instanceof SallyportError)) throw error;
      const sent = Buffer.concat(out);
      assert.ok(sent.length < bytes.length && bytes.subarray(0, sent.length).equals(sent));
      // What the field holds never goes out, but for the first of a set, and for an element that is not closed yet.
      assert.ok(
        !sent.includes('bob') || /[&"]u["=]|u%(?:25)?22|<\/|2F/.test(String(text)),
        `${type}: ${String(text).slice(0, 100)}`,
      );
      return error.code;
    }
  });
  assert.equal(new Set(said.filter((each) => each !== undefined)).size, 1, `${type}: ${String(text).slice(0, 100)}`);
  return said[0] ?? '';
}

const shown = ({ type, text }: Body): string => `${type}: ${JSON.stringify(String(text)).slice(0, 160)}`;

function refused(bodies: readonly Body[]): void {
  for (const body of bodies) assert.notEqual(verdict(body), 'passed', shown(body));
}

const part = (text: string, more = ''): string =>
  `--B\r\nContent-Disposition: form-data; name="data"${more}\r\n\r\n${text}\r\n--B--\r\n`;

/** A text as the body of each type that an app may read as something else. */
function bodiesOf(text: string): readonly Body[] {
  const types = [
    null,
    'text/plain',
    'text/html; charset=utf-8',
    'text/csv',
    'application/javascript',
    'application/yaml',
  ];
  return [
    ...types.map((type) => ({ type, text })),
    { type: FORM, text },
    { type: FORM, text: `a=1&data=${encodeURIComponent(text)}&b=2` },
    // What decides may be the very last escape of the body.
    { type: FORM, text: `data=${encodeURIComponent(text)}` },
    { type: FORM, text: `data=${encodeURIComponent(encodeURIComponent(text))}` },
    { type: FORM, text: `data=${encodeURIComponent(text).replaceAll('%20', '+')}` },
    { type: MULTIPART, text: part(text) },
    { type: MULTIPART, text: part('x').replace('--B--\r\n', part(text)) },
  ];
}

const JSONS = [
  '{"username":"bob"}',
  '{"username":1}',
  '{"a":{"b":[{"UserName" \t:"bob"}]}}',
  '{"user\\u006eame":"bob"}',
  "{'username':'bob'}",
  '{username:"bob"}',
  '{a:1,\n username : "bob"}',
  '{"a":1;"username"="bob"}',
  '{"a":1,"username"=>"bob"}',
  '{"u":"bob","p":"bob"}',
  '{/*"*/"username"/*:*/:"bob"}',
  '{"a":1,//"\n"username"//\n:"bob"}',
  '{#x\nusername#y\n:"bob"}',
  '{"a":"\\\\","username":"bob"}',
  '{"a":"\\"","username":"bob"}',
  '{"a":"/*","username":"bob","b":"*/"}',
  '{"a":"//","username":"bob"}',
  `{"a":"'","username":"bob"}`,
  '{"\u200busername":"bob"}',
];
const PREFIXES = [
  '',
  'while(1);',
  'for(;;);',
  'cb(',
  '/**/ cb(',
  ';',
  ")]}',\n",
  '// "\n',
  '/* { */',
  "# it's\n",
  '<!-- ',
  '\ufeff',
  '\u00a0\u2003 ',
  '\x01\x0c',
  '{"a":"b"}\n',
  '[1,"2"] ',
  '"',
  "don't {\\",
  'x=',
  '%',
  '{',
  '<a>',
  'a,b\r\n1,2\r\n',
  '&&&',
  'x'.repeat(9000),
  ' '.repeat(9000),
];

test('a key of JSON is found in every text, whatever stands before it and whatever the text is declared to be', () => {
  for (const prefix of PREFIXES) refused(JSONS.flatMap((json) => bodiesOf(prefix + json)));
  for (const json of JSONS) refused([...bodiesOf(`${json}${json}`), { type: 'text/xml', text: `<a>x ${json}</a>` }]);
});

const XMLS = [
  '<a username="bob">',
  "<a\nusername\t=\n'bob'/>",
  '<r><username>bob</username></r>',
  '<r><x:username>bob</x:username></r>',
  '<r x:username="bob"/>',
  '<username\n/>bob',
  '<username a="b"/>bob',
  '<a b=">" username="bob">',
  '<a b=\'>\' c="\'" username="bob">',
  '<a b="<c d=\'" username="bob">',
  `<a ${'x'.repeat(9000)}:username="bob">`,
  `<${'x'.repeat(2000)}:a><b ${'y:'.repeat(5000)}username="bob"/>`,
  '<?xml version="1.0" encoding="UTF-7"?>+ADw-username+AD4-bob',
  '<!ENTITY x "&#60;username>bob">',
];

test('an element and an attribute of XML are found in every text likewise', () => {
  for (const prefix of [
    '',
    'x',
    'text before ',
    '{"a":1}',
    '\ufeff',
    '\x01',
    '<!DOCTYPE html>',
    '<br>',
    '<b',
    "it's <i>",
  ])
    refused(XMLS.flatMap((xml) => bodiesOf(prefix + xml)));
  // Written by hand, a form may hold XML as it is.
  refused(['<a b=\'%27>\' username="bob">', '<a b="%22" username="bob">'].map((text) => ({ type: FORM, text })));
  refused([{ type: FORM, text: `data=${encodeURIComponent('<a b=\'%27>\' username="bob">')}` }]);
});

test('a prefix longer than any name hides no attribute of what is declared as XML', () => {
  for (const long of [1000, 8180, 8192, 9000, 70_000])
    refused([{ type: 'text/xml', text: `<a ${'x'.repeat(long)}:username="bob"/>` }]);
});

test('pairs of a form are found in whatever is no form', () => {
  for (const pair of ['&username=bob&', '&%75sername=bob&', '&u=bob&p=bob', '&+username[]=bob'])
    refused([
      { type: 'application/json', text: `{"a":"${pair}"}` },
      { type: 'text/xml', text: `<a><![CDATA[${pair}]]></a>` },
      { type: 'text/plain', text: `a${pair}` },
      { type: 'application/yaml', text: `a: "${pair}"` },
      { type: MULTIPART, text: part(pair) },
    ]);
});

test('a key in YAML needs no brace', () => {
  for (const text of [
    'username: bob',
    'a: 1\n- username: bob',
    '"username" : bob',
    '? username\n: bob',
    '!!str username: bob',
  ])
    refused([
      { type: 'text/yaml', text },
      { type: 'application/x-yaml', text },
    ]);
  assert.equal(verdict({ type: 'application/yaml', text: 'a: username\nb:\n  - c: "username"\n' }), 'passed');
});

test('a name that is too long is refused when it begins or ends as a guarded one', () => {
  const long = 'x'.repeat(9000);
  for (const name of [`username${long}`, `${long}username`, `${long}$UserName`, `username${' '.repeat(9000)}`])
    refused([
      { type: 'text/plain', text: `${name}=bob` },
      { type: 'text/plain', text: `{a:1,${name.replaceAll(' ', '\u00a0')}:"bob"}` },
      { type: 'text/plain', text: `{"${name}":"bob"}` },
      { type: FORM, text: `${name}=bob` },
      { type: 'application/json', text: `{"a":"&${name}=bob"}` },
      { type: 'text/xml', text: `<a ${name}="bob"/>` },
      { type: 'text/plain', text: `<a ${name}="bob"/>` },
    ]);
  for (const text of [
    `${long}=1`,
    `p${long}u=1`,
    `{"a":"${long}==","b":1}`,
    `<a>${long}==</a>`,
    `data:x,${'QUJD'.repeat(3000)}==`,
  ])
    assert.equal(verdict({ type: 'text/plain', text }), 'passed', text.slice(0, 20));
});

/** What real apps send, with the guarded words in it where they are no names. */
const ORDINARY: readonly Body[] = [
  ...[
    'Who has the username of the printer? It was "printer", I think.',
    'username: ask {bob}',
    "It's: don't share your username! {see the wiki}",
    'usage: login <username> <password>',
    'I <3 this username -- a < b && b > c',
    'see https://wiki.example.org/username?title=x#username',
  ].flatMap((text) => [
    { type: 'text/plain', text },
    { type: FORM, text: `message=${encodeURIComponent(text)}&room=4` },
    { type: MULTIPART, text: part(text) },
    { type: 'application/json', text: JSON.stringify({ text, room: 4 }) },
    { type: 'application/json', text: JSON.stringify({ text: JSON.stringify({ text }) }, null, 2) },
  ]),
  ...[
    { field: 'username', value: 'username', list: ['username', 'u', 'p'] },
    { note: '"username": "bob", <a username="bob"> and username=bob' },
    { query: "SELECT * FROM people WHERE username='x' AND u = 'y'", p: 1 },
    { html: '<p>Dear <u>username</u>, <a href="https://x/?username=b">here</a></p>' },
    { code: 'const username = { username: 1 };' },
    { image: `data:image/png;base64,${'QUJD'.repeat(4000)}==` },
    { link: 'https://example.org/?a=1&b=username' },
  ].map((value) => ({ type: 'application/json; charset=utf-8', text: JSON.stringify(value, null, 1) })),
  { type: 'application/x-ndjson', text: '{"a":"username"}\n{"a":"u"}\n{"p":2}\n' },
  { type: 'text/csv', text: 'id,username,password\r\n1,bob,"x"\r\n2,"alice, username","y"\r\n' },
  { type: 'text/csv', text: 'username;u;p\nbob;1;2\n' },
  { type: 'text/tab-separated-values', text: 'username\tu\nbob\t1\n' },
  {
    type: 'text/html',
    text: '<!DOCTYPE html><html><body><p class="x">The username</p><a href="/u?x=1">u</a></body></html>',
  },
  { type: 'text/markdown', text: '# username\n\n- `username` is a *name*\n\n```\n{ "name": "username" }\n```\n' },
  {
    type: 'text/calendar',
    text: 'BEGIN:VCALENDAR\r\nSUMMARY:username\r\nATTENDEE;CN=username:mailto:a@b.example\r\nEND:VCALENDAR\r\n',
  },
  { type: 'text/css', text: 'p { color: red } u { color: blue } .username { font: 1px x }' },
  ...[
    '<p>Dear <b>username</b>,</p><p><u>Read</u> <a href="https://example.org/?x=1&amp;username=b">this</a></p>',
    '<div style="color:red" title="username = you"><img src="cid:username"><br/></div>',
    '<ul><li>u</li><li>p</li></ul><table><tr><td name="u">1</td></tr></table>',
  ].flatMap((html) => [
    { type: FORM, text: `_subject=x&_message=${encodeURIComponent(html)}&_is_html=1` },
    { type: MULTIPART, text: part(html) },
  ]),
  ...[
    'function login(u, p) {\n  return fetch("/x?" + u, { method: "POST" });\n}\n',
    'SELECT u.name, p.title FROM users AS u JOIN posts AS p ON (u.id = p.user) WHERE u.name = "username";',
    'if (username == null) { throw new Error("username"); }',
    '<?php $username = $_POST["username"]; ?>',
    '{{Infobox|name=username|u=1}} {| class="wikitable" |}',
    'body { margin: 0 }\np, u { color: red }',
  ].flatMap((code) => [
    { type: FORM, text: `wikitext=${encodeURIComponent(code)}&save=1` },
    { type: MULTIPART, text: part(code, '; filename="x.txt"\r\nContent-Type: text/plain') },
    { type: 'application/octet-stream', text: code },
  ]),
  { type: MULTIPART, text: part('{"username":"bob"}', '; filename="export.json"\r\nContent-Type: application/json') },
  { type: MULTIPART, text: part('<username>bob</username>', '; filename="export.xml"\r\nContent-Type: text/xml') },
  { type: FORM, text: 'filter={"name":"username","type":"u"}&sort=username' },
  { type: FORM, text: `filter=${encodeURIComponent('{"name":"username","type":"u"}')}` },
  { type: 'text/xml', text: '<a b="username">username <c u="1"/>{}</a>' },
  {
    type: 'application/soap+xml',
    text: '<?xml version="1.0" encoding="utf-8"?><Envelope><Body><get>username</get></Body></Envelope>',
  },
  { type: 'application/graphql', text: 'query { person(id: 1) { username u p } }' },
  { type: 'application/octet-stream', text: Buffer.from([0x50, 0x4b, 3, 4, 0x26, 0x75, 0x3d, 0x26, 0x70, 0x3d, 0xff]) },
  {
    type: 'application/x-git-receive-pack-request',
    text: Buffer.from('00a0username refs/heads/u\0 report-status0000PACK'),
  },
];

test('what people and apps send every day passes byte for byte', () => {
  for (const body of ORDINARY) assert.equal(verdict(body, ['username']), 'passed', shown(body));
});

test('no junk before a document hides its names', () => {
  const junk = fc.array(
    fc.constantFrom(
      '"',
      "'",
      '\\',
      '{',
      '}',
      '/*',
      '*/',
      '//',
      '\n',
      ' ',
      '<',
      '>',
      '<a ',
      '=',
      '&',
      ';',
      ',',
      '[',
      '#',
      ':',
      'x',
      '%',
      '%22',
      '-->',
      '<!--',
      '\ufeff',
    ),
    { maxLength: 12 },
  );
  const document = fc.constantFrom(
    '{"username":"bob"}',
    '[{"a":1,"username":"bob"}]',
    '<r><username>bob</username></r>',
    '<r username="bob"/>',
  );
  fc.assert(
    fc.property(junk, document, fc.nat(20), (before, text, i) => {
      const bodies = bodiesOf(before.join('') + text);
      const body = bodies[i % bodies.length];
      if (body !== undefined) assert.notEqual(verdict(body), 'passed', shown(body));
    }),
    { numRuns: 2000, seed: 5 },
  );
});
