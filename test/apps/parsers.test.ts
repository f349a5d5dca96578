import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import fc from 'fast-check';
import type { LoginStep } from '../../src/config/login-types.ts';
import { SallyportError } from '../../src/errors.ts';
import { HeaderFields } from '../../src/request/fields.ts';
import { createScanner } from '../../src/request/login/guard.ts';
import { LoginBodyRefused } from '../../src/request/login/refused.ts';
import { type ReadStep, readStep } from '../../src/request/login/step.ts';
import {
  type Case,
  type Kind,
  nodeReader,
  type Reader,
  startDjango,
  startPhp,
  startTomcat,
} from './parsers/readers.ts';

const FORM = 'application/x-www-form-urlencoded';
const readers: Reader[] = [nodeReader()];

before(async () => {
  for (const begin of [startPhp, startDjango, startTomcat]) readers.push(await begin());
});
after(async () => {
  for (const reader of readers) await reader.stop();
});

function step(type: 'form' | 'json', account: string, secret: string): LoginStep {
  return {
    id: 'password',
    on: { method: 'POST', paths: [], query: new Map(), shared: false },
    type,
    script: false,
    need: new Map(),
    account,
    realm: null,
    secret: [secret],
    // The laxest step there is: whatever else comes is sent on.
    pass: 'any-scalar',
    check: new Map(),
    headers: new Map(),
    fail: [],
    ok: [],
    next: null,
  };
}

/** The step as it is read, or undefined where it is refused. */
function taken(of: LoginStep, type: string, body: Buffer): ReadStep | undefined {
  try {
    const read = readStep(of, HeaderFields.of(['Content-Type', type]), body);
    assert.notEqual(read, 'not-this-step');
    return read === 'not-this-step' ? undefined : read;
  } catch (error) {
    if (error instanceof LoginBodyRefused) return undefined;
    throw error;
  }
}

/** What attackers put between, before and after the fields of a form. */
const PIECES = [
  '&',
  '=',
  ';',
  '+',
  '%20',
  '%00',
  '.',
  '%2e',
  '[',
  ']',
  '[]',
  '%5B',
  '_',
  'alice',
  'bob',
  '%',
  '%u0061',
  '%c1%a1',
  '%EF%BC%A1',
  '\ufeff',
  '\0',
  '\r\n',
  'ä',
  '%FF',
  '%2500',
  '"',
  '[0]',
  '?',
  '#',
  ',',
  ' ',
] as const;

/** A body with a few bytes dropped, doubled, or put in from the list. */
function mutated(body: string, pieces: readonly string[]): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(body.length), fc.nat(3), fc.constantFrom(...pieces));
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce((text, [at, drop, piece]) => text.slice(0, at) + piece + text.slice(at + drop), body),
    );
}

const NAMES = ['username', '_user', 'auth[username]', 'j_username'] as const;
const VALUE = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((text) => text.isWellFormed() && !/\p{Cc}/u.test(text));

function sample<T>(arbitrary: fc.Arbitrary<T>, count: number): readonly T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: 20 });
}

async function agree(one: Case, expected: ReadonlyMap<string, string | undefined>, label: string): Promise<void> {
  const names = [...expected.keys()];
  for (const reader of readers.filter(({ kinds }) => kinds.includes(one.kind))) {
    const found = await reader.read(one, names);
    for (const [name, value] of expected)
      assert.deepEqual(
        found.get(name),
        value === undefined ? undefined : [value],
        `${reader.name}: ${name} in ${label}`,
      );
  }
}

function otherSpellings(name: string): readonly string[] {
  return [
    name.replace('_', '.'),
    ` ${name}`,
    `+${name}`,
    `${name}%00x`,
    name.toUpperCase(),
    `${name}[]`,
    name.replace('[', '%5B'),
  ];
}

test('of every form that is taken, PHP, Django, Tomcat and Node read the name that we read', async (t) => {
  let compared = 0;
  for (const name of NAMES) {
    const of = step('form', name, 'pw');
    const plain = sample(fc.tuple(VALUE, VALUE), 100).map(
      ([user, secret]) =>
        `${encodeURIComponent(name)}=${encodeURIComponent(user)}&pw=${encodeURIComponent(secret)}&x=1`,
    );
    const doubled = otherSpellings(name).flatMap((other) => [
      `${name}=bob&${other}=alice&pw=1`,
      `${other}=alice&${name}=bob&pw=1`,
    ]);
    const changed = [`${name}=bob&pw=Passw0rd%21a`, `a=1&${name}=bob&${name}x=alice&pw=x`].flatMap((body) =>
      sample(mutated(body, [...PIECES, `&${name}=alice`, `&.${name}=alice`]), 500),
    );
    for (const body of [...plain, ...doubled, ...changed]) {
      const read = taken(of, FORM, Buffer.from(body));
      if (read === undefined || read.send.bytes === null) continue;
      compared += 1;
      const secret = new URLSearchParams(read.send.bytes.toString()).get('pw') ?? undefined;
      // An empty value and none are written alike by the readers.
      if (read.account === '' || secret === '') continue;
      const one = { kind: 'form', type: read.send.type ?? '', body: read.send.bytes } as const;
      await agree(
        one,
        new Map([
          [name, read.account ?? undefined],
          ['pw', secret],
        ]),
        JSON.stringify(body),
      );
    }
  }
  t.diagnostic(`${compared} forms compared`);
  assert.ok(compared > 600, `only ${compared} forms were taken`);
});

test('of every JSON object that is taken, PHP, Django and Node read the name that we read', async (t) => {
  const of = step('json', '/username', '/pw');
  const pieces = [
    '"',
    '\\',
    '\\u0061',
    ',"username":"alice"',
    ',"Username":"alice"',
    ':',
    '{',
    '}',
    '[',
    ',',
    'null',
    '1',
    '/**/',
    "'",
    '\ufeff',
    '\0',
    '"username\\u0000":"x",',
  ];
  const plain = sample(fc.tuple(VALUE, VALUE, fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.boolean()), 300).map(
    ([username, pw, number, flag]) =>
      JSON.stringify({ username, pw, number, flag, none: null, inner: { username2: flag } }),
  );
  const changed = sample(mutated('{"username":"bob","pw":"Passw0rd!a","remember":0}', pieces), 1500);
  let compared = 0;
  for (const body of [...plain, ...changed]) {
    const read = taken(of, 'application/json', Buffer.from(body));
    if (read === undefined || read.send.bytes === null || read.account === '') continue;
    compared += 1;
    await agree(
      { kind: 'json', type: read.send.type ?? '', body: read.send.bytes },
      new Map([['username', read.account ?? undefined]]),
      body,
    );
  }
  t.diagnostic(`${compared} objects compared`);
  assert.ok(compared > 300, `only ${compared} objects were taken`);
});

/** Whether a scanner lets the whole body through. */
function passes(kind: Kind, body: Buffer, fields: readonly string[]): boolean {
  const scanner = createScanner({ kind, boundary: kind === 'multipart' ? 'B' : null }, { fields, sets: [] });
  try {
    const out = Buffer.concat([scanner.push(body), scanner.end()]);
    assert.ok(out.equals(body));
    return true;
  } catch (error) {
    if (error instanceof SallyportError) return false;
    throw error;
  }
}

const GUARDED = ['username', '_user', 'j_username'];
const NOBODY = new Map(GUARDED.map((name) => [name, undefined] as const));

test('in no form that is let through does any of them find a guarded field', async (t) => {
  const bases = ['a=1&user=2&name=3', 'usernam=1&e=2', 'x[username]=1&y=2', 'us%65r=1&_use=2', 'j.user=1&name=x'];
  const pieces = [
    ...PIECES,
    'username',
    '_user',
    '.user',
    '%75sername',
    '%2575sername',
    'j_username',
    'USERNAME',
    'user',
    'name',
    'e',
    'r',
    '%6e',
    'u',
  ];
  let compared = 0;
  let refused = 0;
  for (const body of bases.flatMap((base) => sample(mutated(base, pieces), 500))) {
    const bytes = Buffer.from(body);
    if (passes('form', bytes, GUARDED)) {
      compared += 1;
      await agree({ kind: 'form', type: FORM, body: bytes }, NOBODY, JSON.stringify(body));
    } else refused += 1;
  }
  t.diagnostic(`${compared} forms let through, ${refused} refused`);
  assert.ok(compared > 500 && refused > 150, `${compared} let through, ${refused} refused`);
});

test('in no JSON that is let through does any of them find a guarded key', async (t) => {
  const pieces = [
    '"username":1,',
    '"user\\u006eame":1,',
    '"',
    '\\',
    '\\u0075',
    'username',
    ':',
    ',',
    '{',
    '}',
    "'",
    '/*',
    '*/',
    '\n',
    'sername"',
    '"user"',
    '\ufeff',
    '1',
    'null',
  ];
  let compared = 0;
  for (const body of sample(mutated('{"a":"username","b":{"c":[1,"\\u0075"]},"usernam":2,"e":3}', pieces), 2000)) {
    if (!passes('json', Buffer.from(body), GUARDED)) continue;
    compared += 1;
    await agree({ kind: 'json', type: 'application/json', body: Buffer.from(body) }, NOBODY, JSON.stringify(body));
  }
  t.diagnostic(`${compared} bodies let through`);
  assert.ok(compared > 200);
});

test('in no multipart that is let through does any of them find a guarded field', async (t) => {
  const part = (name: string, content: string): string =>
    `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${content}\r\n`;
  const hidden = 'x\n--B\nContent-Disposition: form-data; name="username"\n\nalice';
  const bases = [
    `${part('a', 'v')}${part('b', 'w')}--B--\r\n`,
    `${part('a', hidden)}--B--\r\n`,
    `${part('a', hidden.replaceAll('\n', '\r\n').replaceAll('--B', '--b'))}--B--\r\n`,
  ];
  const pieces = [
    '\r\n',
    '\n',
    '\r',
    '--',
    '--B',
    '--B\r\n',
    '\r\n--B',
    '\r\n\r\n',
    '"',
    '\\',
    ';',
    ' name="username"',
    '; name="username"',
    'name=username',
    'username',
    'Content-Disposition: form-data; name="username"',
    '=?utf-8?B?dXNlcm5hbWU=?=',
    "; name*=utf-8''username",
    '; filename="x"',
    ' ',
    '\t',
    '%75sername',
    '\0',
    'x',
    ':',
    '_user',
    '.user',
  ];
  let compared = 0;
  let refused = 0;
  for (const body of bases.flatMap((base) => sample(mutated(base, pieces), 1000))) {
    const bytes = Buffer.from(body);
    if (passes('multipart', bytes, GUARDED)) {
      compared += 1;
      await agree(
        { kind: 'multipart', type: 'multipart/form-data; boundary=B', body: bytes },
        NOBODY,
        JSON.stringify(body),
      );
    } else refused += 1;
  }
  t.diagnostic(`${compared} bodies let through, ${refused} refused`);
  assert.ok(compared > 200 && refused > 200);
});

test('the readers do find a guarded field where there is one', async () => {
  const body = Buffer.from('username=alice&_user=bob&j_username=x');
  await agree(
    { kind: 'form', type: FORM, body },
    new Map([
      ['username', 'alice'],
      ['_user', 'bob'],
      ['j_username', 'x'],
    ]),
    'a plain form',
  );
  const parts = Buffer.from('--B\r\nContent-Disposition: form-data; name="username"\r\n\r\nalice\r\n--B--\r\n');
  await agree(
    { kind: 'multipart', type: 'multipart/form-data; boundary=B', body: parts },
    new Map([
      ['username', 'alice'],
      ['_user', undefined],
    ]),
    'a multipart',
  );
  await agree(
    { kind: 'json', type: 'application/json', body: Buffer.from('{"username":"alice"}') },
    new Map([['username', 'alice']]),
    'an object',
  );
});
