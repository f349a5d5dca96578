import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Guard } from '../../../../src/config/login-types.ts';
import { SallyportError } from '../../../../src/errors.ts';
import { createScanner, guardQuery } from '../../../../src/request/login/guard.ts';
import type { BodyKind } from '../../../../src/request/login/media.ts';
import { placesOf } from '../../../../src/request/login/names.ts';

const FIELDS = ['username', '/password', 'auth[user]', '*$UserName'];
const GUARD = { fields: FIELDS, sets: [['u', 'p']] };
type Kind = Extract<BodyKind, 'form' | 'multipart' | 'json' | 'xml' | 'text'>;

/** `passed`, or the code of the refusal and all that had come out by then. */
function scan(kind: BodyKind, chunks: readonly Buffer[], query: string | null = null) {
  const scanner = createScanner({ kind, boundary: kind === 'multipart' ? 'B' : null }, GUARD, query);
  const out: Buffer[] = [];
  try {
    for (const chunk of chunks) out.push(scanner.push(chunk));
    out.push(scanner.end());
    return { verdict: 'passed', out: Buffer.concat(out) };
  } catch (error) {
    assert.ok(error instanceof SallyportError);
    // After a refusal nothing comes out any more.
    assert.throws(() => scanner.push(Buffer.from('x')), SallyportError);
    assert.throws(() => scanner.end(), SallyportError);
    return { verdict: error.code, out: Buffer.concat(out) };
  }
}

function cut(body: Buffer, sizes: readonly number[]): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let i = 0; at < body.length; i += 1) {
    const size = sizes.length === 0 ? body.length : (sizes[i % sizes.length] ?? 1);
    chunks.push(body.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

function verdicts(kind: BodyKind, bodies: readonly (string | Buffer)[], verdict: string): void {
  for (const text of bodies) {
    const body = Buffer.from(text);
    const label = `${kind} ${JSON.stringify(String(text)).slice(0, 100)}`;
    for (const sizes of [[], [1], [3, 1, 2]]) {
      const found = scan(kind, cut(body, sizes));
      assert.equal(found.verdict, verdict, label);
      if (verdict === 'passed') assert.ok(found.out.equals(body), label);
      else
        assert.ok(
          body.subarray(0, found.out.length).equals(found.out) && (found.out.length < body.length || body.length === 0),
          label,
        );
    }
  }
}

const part = (head: string, content = 'v'): string => `--B\r\n${head}\r\n\r\n${content}\r\n`;
const field = (name: string, content?: string): string =>
  part(`Content-Disposition: form-data; name="${name}"`, content);
const END = '--B--\r\n';

test('a guarded field in a form is refused in every spelling that some server takes for it', () => {
  const fields = [
    'username',
    'Username',
    '+username',
    '%20username',
    'user%6eame',
    'user%256eame',
    '%u0075sername',
    'username%2e',
    '?username',
    'username[a%2500]',
    'username[]',
    'username%5B0%5D',
    '\ufeffusername',
    '%EF%BD%95sername',
    'password',
    'auth[user]',
    'auth%5Buser%5D',
    'AUTH[user]x',
    'ctl00%24Main%24UserName',
    'ctl00$main$username',
  ];
  verdicts(
    'form',
    fields.flatMap((name) => [`${name}=1`, `a=b&${name}=1`, `a=b;${name}=1&c=d`, `a=b&${name}`]),
    'forbidden',
  );
  verdicts('form', ['u=1&x=2&p=3', 'p=1;u=2', 'U=1&%70=2'], 'forbidden');
  verdicts('form', ['username%00x=1', 'a=1&b%00=2', `${'n'.repeat(9000)}=1`], 'bad-body');
});

test('other forms pass byte for byte', () => {
  const bodies = [
    '',
    'a=b',
    'a=username',
    'a=b=username&c',
    '&&;;',
    'u=1&u=2',
    'x=p&u=1',
    'auth[password]=1',
    'users=1',
    'a=%zz',
    `a=${'x'.repeat(50_000)}`,
  ];
  verdicts('form', [...bodies, Buffer.from([0xff, 0x3d, 0xfe])], 'passed');
});

test('keys of JSON at any depth', () => {
  const objects = [
    '{"username":1}',
    '{"a":{"b":[{"UserName" \n:1}]}}',
    '{"user\\u006eame":1}',
    '{"password":{}}',
    '{"a":1}\n{"username":1}',
    `{"a":"${'x'.repeat(20_000)}","username":1}`,
    '{"a":"\\"","username":1}',
    '{"a":"\\\\","username":1}',
  ];
  verdicts('json', objects, 'forbidden');
  verdicts('text', objects, 'forbidden');
  verdicts(
    'text',
    [
      "{'username':1}",
      '{username:1}',
      '{a:1;username:2}',
      '/*"*/{"username"/*:*/:1}',
      '{"a":1,//"\n"username":1}',
      '{"username"=>1}',
    ],
    'forbidden',
  );
  verdicts(
    'json',
    [
      "{'username':1}",
      '{username:1}',
      '{"a"/**/:1}',
      '{"a":NaN}',
      '{"a":"\n"}',
      '{"a":"',
      `{"${'k'.repeat(9000)}":1}`,
      `{"a"${' '.repeat(17_000)}:1}`,
      '{"a":1:2}',
    ],
    'bad-body',
  );
  verdicts('json', [Buffer.from('{"username":1}', 'utf16le'), Buffer.from('\ufeff{"a":1}', 'utf16le')], 'bad-body');
});

test('other JSON passes byte for byte', () => {
  const bodies = [
    '',
    '{}',
    '"username"',
    '["username"]',
    '{"a":"username"}',
    '{"a":"username","b":"password:"}',
    '\ufeff{"a":1}',
    '[-1.5e+3,true,false,null]',
    `{"a":"${'\\"x:'.repeat(20_000)}"}`,
    '{"users":1}',
  ];
  verdicts('json', bodies, 'passed');
  verdicts('text', bodies, 'passed');
});

test('elements and attributes of XML', () => {
  const documents = [
    '<username>x</username>',
    '<a><username/></a>',
    '<a><x:password>y</x:password></a>',
    '<a password="x"/>',
    "<a\npassword\t=\n'x'/>",
    '<a><!-- " --><username/></a>',
    '<a b=">"><username/></a>',
    '\ufeff <?xml version="1.0"?><a><Username>x</Username></a>',
    '<u/><p/>',
  ];
  verdicts('xml', documents, 'forbidden');
  verdicts('text', documents, 'forbidden');
  verdicts(
    'xml',
    [
      '<!DOCTYPE a [<!ENTITY x "&#60;username>">]><a>&x;</a>',
      'x',
      '<?xml version="1.0" encoding="utf-7"?><a/>',
      '<a>\0</a>',
      Buffer.from('<a/>', 'utf16le'),
      `<${'n'.repeat(9000)}/>`,
    ],
    'bad-body',
  );
  verdicts(
    'xml',
    [
      '<a b="username">password</a>',
      '<a>username</a>',
      `<a>${'QUJD'.repeat(9000)}==</a>`,
      '<?xml version="1.0" encoding="iso-8859-1"?>\n<a/>',
    ],
    'passed',
  );
  verdicts('text', ['<!DOCTYPE html><html><body><input name="username"></body></html>'], 'passed');
});

const UTF7 = '+ADw-r+AD4-+ADw-username+AD4-bob+ADw-/username+AD4-+ADw-/r+AD4-';
const BLANKS = ' '.repeat(300);

test('XML whose encoding is not known, or is another, goes no further than its declaration', () => {
  const declarations = [
    `<?xml version="1.0"${BLANKS}encoding="UTF-7"?>`,
    `<?xml${BLANKS}version="1.0" encoding="UTF-7"?>`,
    `<?xml version="1.0" standalone="${'n'.repeat(300)}" encoding="Cp037"?>`,
    `<?xml version="1.0" x="${'>'.repeat(300)}" encoding="UTF-7"?>`,
    `<?xml version="1.0"${BLANKS}?>`,
    ...[
      'UTF-7',
      'utf7',
      'unicode-1-1-utf-7',
      'UTF-16',
      'UTF-32LE',
      'Cp037',
      'IBM1140',
      'ISO-2022-JP',
      'HZ',
      'x',
      '',
    ].map((encoding) => `<?xml version="1.0" encoding="${encoding}"?>`),
    "<?xml version='1.0' encoding='UTF-7'?>",
    '<?xml version="1.0" a=">" encoding="UTF-7"?>',
    '<?xml version="1.0" encoding="UTF-8" encoding="UTF-7"?>',
    '<?xml encoding="UTF-7"?>',
    '<?xml version="1.1"?>',
    '<?XML version="1.0" encoding="UTF-7"?>',
    '<?xml version="1.0" encoding=UTF-7?>',
  ];
  for (const before of ['', '\ufeff', ' \n', `\ufeff${BLANKS}`]) {
    const bodies = declarations.map((declaration) => `${before}${declaration}${UTF7}`);
    verdicts('xml', bodies, 'bad-body');
    verdicts('text', bodies, 'bad-body');
    for (const body of bodies)
      assert.ok(scan('xml', cut(Buffer.from(body), [7])).out.length <= Buffer.byteLength(before), body);
  }
  verdicts(
    'xml',
    ['\ufeff\ufeff<a/>', 'x<a/>', '\0<a/>', Buffer.from([0x4c, 0x81, 0x61, 0x6e]), '<?xml version="1.0"'],
    'bad-body',
  );
  verdicts('xml', [Buffer.from([0xef]), Buffer.from([0xef, 0x3c, 0x61]), Buffer.from([0x40, 0x4c])], 'bad-body');
  verdicts(
    'xml',
    [
      '',
      ' ',
      '<',
      '<?xml version="1.0"?><a/>',
      "<?xml version='1.0' encoding='US-ASCII' standalone='yes' ?>\r\n<a/>",
      '\ufeff<?xml version="1.0" encoding="utf-8"?><a/>',
      `<?xml-stylesheet href="${'x'.repeat(400)}"?><a/>`,
      '<a><![CDATA[<?xml version="1.0" encoding="utf-16"?><b/>]]></a>',
      `${' '.repeat(20_000)}<a/>`,
    ],
    'passed',
  );
});

test('nothing before JSON, no encoding and no blanks hide a field in text', () => {
  const starts = [")]}'\n", "\ufeff)]}'", '\x0c', '\x0b', '\u00a0', '\ufeff\ufeff', '\u2003', '\u200b'];
  verdicts(
    'text',
    starts.map((start) => `${start}{"username":1}`),
    'forbidden',
  );
  verdicts(
    'text',
    starts.map((start) => `${start}<username/>`),
    'forbidden',
  );
  verdicts(
    'text',
    [' ', '+', '%20', '%2520', '\u00a0', '\u200b', '?'].map((blank) => `${blank.repeat(9000)}username=1`),
    'bad-body',
  );
  verdicts('text', [Buffer.from('4c6fa79493', 'hex'), '+/v8-+AHsA'], 'bad-body');
  verdicts('text', [`{"a":"${'x y'.repeat(9000)}","b":"c=d"}`, `${'QUJD'.repeat(9000)}==`], 'passed');
});

/** Names that grow when they are folded, or are long already, as they stand in a JSON key. */
const LONG: readonly string[] = [
  `%2541%41${'\ufdfa'.repeat(2690)}`,
  '\ufdfa'.repeat(57),
  '%EF%B7%BA'.repeat(57),
  '%25ef%25b7%25ba'.repeat(57),
  '%ufdfa'.repeat(57),
  'ä'.repeat(1025),
  '%C3%A4'.repeat(1025),
  `a${'\u0316'.repeat(1024)}`,
  '\u3300'.repeat(400),
  '\u{1d160}'.repeat(513),
];

test('a name that is too long to be folded is refused, by what it grows to', () => {
  verdicts(
    'json',
    LONG.map((name) => `{"${name}":1}`),
    'bad-body',
  );
  for (const kind of ['form', 'text'] as const)
    verdicts(
      kind,
      LONG.map((name) => `a=1&${name}=1`),
      'bad-body',
    );
  verdicts(
    'xml',
    ['ä'.repeat(1025), '\ufdfa'.repeat(57)].map((name) => `<a><${name}/></a>`),
    'bad-body',
  );
  verdicts(
    'multipart',
    LONG.map((name) => `${field(name)}${END}`),
    'bad-body',
  );
  for (const name of ['ä'.repeat(1024), '\ufdfa'.repeat(56), 'a'.repeat(4000), '%41'.repeat(300)]) {
    verdicts('json', [`{"${name}":1}`], 'passed');
    verdicts('form', [`${name}=1`], 'passed');
  }
  for (const name of LONG) {
    const { own, deep } = placesOf(name);
    assert.ok(deep || own.every((each) => each.length <= 1024), name.slice(0, 20));
    // What cannot be folded is taken for every field, in a query too.
    if (deep) assert.notEqual(guardQuery(`${encodeURIComponent(name)}=1`, guard({ fields: FIELDS })), null);
  }
});

test('text is searched for all that an app might take it for', () => {
  verdicts(
    'text',
    ['username=1', 'a=b&username=1', 'a\r\nusername=1', ' \n{"username":1}', '\ufeff{"username":1}', 'u=1&p=1'],
    'forbidden',
  );
  verdicts(
    'text',
    [Buffer.from('{"username":1}', 'utf16le'), Buffer.from('\ufeff{"username":1}', 'utf16le')],
    'bad-body',
  );
  verdicts(
    'text',
    [
      '',
      'a',
      'ab\n',
      'username',
      'the username is "x"',
      "It's a username: x",
      '[section]\nkey=1\n',
      'n'.repeat(100_000),
      `--B\r\n`,
    ],
    'passed',
  );
});

test('parts of multipart are refused by their name', () => {
  verdicts(
    'multipart',
    [
      `${field('username')}${END}`,
      `${field('a')}${field('Password')}${END}`,
      `${field('username[]')}${END}`,
      `${field('user%6eame')}${END}`,
      `${part('content-disposition: FORM-DATA; NAME="username"')}${END}`,
      `${part('Content-Type: text/plain\r\nContent-Disposition: form-data; name="username"; filename="a.txt"')}${END}`,
      `${field('u')}${field('p')}${END}`,
    ],
    'forbidden',
  );
});

test('a multipart that parsers divide differently is refused', () => {
  const heads = [
    'Content-Disposition: form-data; name=a',
    'Content-Disposition: form-data; name="a"; name="username"',
    'Content-Disposition: form-data; filename="x"; name="a"',
    'Content-Disposition: form-data; name="a"; filename="x\\"; name="username"',
    'Content-Disposition: form-data; name="a\\"b"',
    "Content-Disposition: form-data; name*=utf-8''username",
    'Content-Disposition: form-data; name="=?utf-8?B?dXNlcm5hbWU=?="',
    'Content-Disposition: form-data; name=""',
    'Content-Disposition: form-data',
    'Content-Disposition: attachment; name="a"',
    'Content-Disposition : form-data; name="a"',
    'Content-Disposition: form-data;\r\n name="a"',
    'Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="username"',
    'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64',
    'Content-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=C',
    'Content-Disposition: form-data; name="a"\r\nX-Other: 1',
    'Content-Disposition: form-data; name="a"\nContent-Type: text/plain',
    'Content-Disposition: form-data; name="a\0"',
    'Content-Type: text/plain',
    '',
    `Content-Disposition: form-data; name="a"; filename="${'x'.repeat(9000)}"`,
  ];
  verdicts(
    'multipart',
    heads.map((head) => `${part(head)}${END}`),
    'bad-body',
  );
  const bodies = [
    '',
    'preamble\r\n--B--',
    '\r\n--B--',
    `${field('a')}`,
    `${field('a')}--B`,
    `${field('a', 'x\n--B')}${END}`,
    `${field('a', 'x\n--B\nContent-Disposition: form-data; name="username"\n\nalice')}${END}`,
    `${field('a', 'x\r--B\r\n')}${END}`,
    `${field('a', 'x--B')}${END}`,
    `${field('a', 'x\r\n--B \r\n')}${END}`,
    `${field('a', 'x\r\n--Bx')}${END}`,
    `--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n--B--`,
    `${field('a')}${END}x`,
    `${field('a')}${END}\r\n`,
    `--B\nContent-Disposition: form-data; name="a"\n\nv\n--B--`,
    `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n--b--`,
  ];
  verdicts('multipart', bodies, 'bad-body');
});

test('other multipart bodies pass byte for byte', () => {
  verdicts(
    'multipart',
    [
      `${field('a')}${END}`,
      `${field('a')}--B--`,
      END,
      `${field('a', '')}${END}`,
      `${field('a', 'username=1\r\n--C\r\n-\r\n--')}${END}`,
      `${part('Content-Disposition: form-data; name="f"; filename="C:\\x\\y.txt"\r\nContent-Type: text/plain', '\r\n\r\n')}${END}`,
      `${part('Content-Disposition: form-data; name="f"; filename="ä"; filename*=UTF-8\'\'%c3%a4', 'x'.repeat(40_000))}${END}`,
    ],
    'passed',
  );
});

test('kinds that nobody reads as fields pass; a doubtful one never does', () => {
  for (const kind of ['other', 'none'] as const)
    assert.equal(scan(kind, [Buffer.from('username=1')]).verdict, 'passed');
  const unsupported = (error: unknown): boolean => error instanceof SallyportError && error.status === 415;
  assert.throws(() => createScanner({ kind: 'doubtful', boundary: null }, GUARD), unsupported);
  assert.throws(() => createScanner({ kind: 'multipart', boundary: null }, GUARD), unsupported);
  assert.equal(
    createScanner({ kind: 'form', boundary: null }, { fields: [], sets: [] })
      .push(Buffer.from('username=1'))
      .toString(),
    'username=1',
  );
});

test('a set fills up across query and body', () => {
  assert.equal(scan('form', [Buffer.from('p=1')], 'id=1&u=alice').verdict, 'forbidden');
  assert.equal(scan('form', [Buffer.from('p=1')], 'id=1').verdict, 'passed');
  assert.equal(scan('json', [Buffer.from('{"p":1}')], 'U=alice').verdict, 'forbidden');
});

const PIECES: Readonly<Record<Kind, readonly string[]>> = {
  form: ['username', 'u', 'p', '=', '&', ';', '%', '6e', 'a', '+', '\0', 'ä'],
  json: ['{', '}', '"', '\\', ':', ',', 'username', 'user', 'u', '1', ' ', 'true', '\\u006e', "'", '/'],
  xml: ['<', '>', '/', '=', '"', ' ', 'username', 'a', 'u', 'p', ':', '!DOCTYPE', '?', '-'],
  text: ['username', '{', '<', '"', ':', '=', '&', '\n', 'a', '/*', '*/', '//', "'", ' ', '\ufeff', 'u', 'p'],
  multipart: [
    '--B',
    '\r\n',
    '\n',
    '--',
    '\r',
    'Content-Disposition: form-data; name="a"',
    'Content-Disposition: form-data; name="username"',
    '\r\n\r\n',
    'x',
    '-',
  ],
};

for (const kind of ['form', 'json', 'xml', 'text', 'multipart'] as const)
  test(`however a body is cut into pieces, the verdict on ${kind} is the same, and nothing comes out too early`, () => {
    const body = fc.array(fc.constantFrom(...PIECES[kind]), { maxLength: 24 }).map((pieces) => {
      const inner = pieces.join('');
      return Buffer.from(kind === 'multipart' ? `${field('a', inner)}${END}` : kind === 'xml' ? `<a>${inner}` : inner);
    });
    fc.assert(
      fc.property(body, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 }), (bytes, sizes) => {
        const whole = scan(kind, [bytes]);
        const pieces = scan(kind, cut(bytes, sizes));
        assert.equal(pieces.verdict, whole.verdict);
        if (whole.verdict === 'passed') {
          assert.ok(whole.out.equals(bytes) && pieces.out.equals(bytes));
          return;
        }
        // Of what is refused, the bytes of the name have stayed here.
        const single = scan(kind, cut(bytes, [1]));
        assert.equal(single.verdict, whole.verdict);
        assert.ok(bytes.subarray(0, single.out.length).equals(single.out));
        const rest = bytes.subarray(single.out.length).toString();
        assert.ok(rest.length > 0);
      }),
      { numRuns: 3000, seed: 4 },
    );
  });

test('nothing of a guarded field has come out when it is refused', () => {
  const bodies: readonly (readonly [Kind, string, string])[] = [
    ['form', 'a=b&', 'username=alice'],
    ['json', '{"a":1,', '"username":"alice"}'],
    ['text', '{"a":1,', '"username":"alice"}'],
    ['xml', '<a><', 'username>alice</username></a>'],
    ['xml', '<a ', 'password="x"/>'],
    ['multipart', `${field('a')}--B\r\n`, `Content-Disposition: form-data; name="username"\r\n\r\nalice\r\n${END}`],
  ];
  for (const [kind, before, guarded] of bodies)
    for (const sizes of [[], [1], [5]])
      assert.ok(scan(kind, cut(Buffer.from(before + guarded), sizes)).out.length <= before.length, `${kind} ${before}`);
});

test('a long upload streams: never more than some kilobytes are held', () => {
  const chunk = Buffer.alloc(64 * 1024, 'x\r\n--C"<{');
  const starts: readonly (readonly [Kind, string])[] = [
    ['multipart', '--B\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'],
    ['form', 'a='],
    ['json', '{"a":"'],
    ['text', 'x'],
  ];
  for (const [kind, start] of starts) {
    const scanner = createScanner({ kind, boundary: kind === 'multipart' ? 'B' : null }, GUARD);
    const fill = kind === 'json' ? Buffer.alloc(64 * 1024, 'x:<{') : chunk;
    let sent = scanner.push(Buffer.from(start)).length;
    for (let i = 1; i <= 40; i += 1) {
      sent += scanner.push(fill).length;
      assert.ok(start.length + i * fill.length - sent <= 16 * 1024 + 16, `${kind} holds too much`);
    }
  }
});

function guard(over: Partial<Guard>): Guard {
  return { fields: [], sets: [], query: [], headers: [], queryEquals: new Map(), ...over };
}

test('a query with a guarded field is refused', () => {
  const watched = guard({ fields: FIELDS, sets: GUARD.sets, query: ['enter'] });
  for (const query of [
    'username=alice',
    'a=b&USERNAME=x',
    'a=b;username=x',
    '%20username=x',
    'user%6eame=x',
    'user%256eame=x',
    'username[]=x',
    'username',
    '+username=x',
    'u=1&p=2',
    'enter=1',
    'password=',
    'a%00=1',
  ])
    assert.notEqual(guardQuery(query, watched), null, query);
  for (const query of ['', 'a=b', 'u=1', 'p=1', 'a=username', 'users=1', 'id=%ff'])
    assert.equal(guardQuery(query, watched), null, query);
  assert.ok(!(guardQuery('username=secret-name', watched) ?? '').includes('secret-name'));
  assert.equal(guardQuery('username%00=1', guard({})), null);
});

test('a second identity in the query is refused', () => {
  const own = guard({
    queryEquals: new Map([
      ['username', '{account}'],
      ['server', '127.0.0.1:3306'],
    ]),
  });
  assert.equal(guardQuery('server=127.0.0.1%3A3306&username=al+ice&db=x', own, 'al ice'), null);
  assert.equal(guardQuery('db=x', own), null);
  for (const query of [
    'username=bob',
    'username=alice&username=bob',
    'username=alice&%20username=bob',
    'username=alice&Username=alice',
    'username[]=alice',
    'username',
    'server=evil',
  ])
    assert.notEqual(guardQuery(query, own, 'alice'), null, query);
  assert.notEqual(guardQuery('username=', own, null), null);
  assert.equal(guardQuery('username=a$%26b', own, 'a$&b'), null);
});
