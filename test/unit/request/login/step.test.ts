import assert from 'node:assert/strict';
import test from 'node:test';
import type { Allowed, LoginStep } from '../../../../src/config/login-types.ts';
import { compilePattern } from '../../../../src/lib/pattern.ts';
import { HeaderFields } from '../../../../src/request/fields.ts';
import { readStep } from '../../../../src/request/login/step.ts';
import type { BodyFault } from '../../../../src/request/login/types.ts';
import { refused } from './refusals.ts';

function step(over: Partial<LoginStep>): LoginStep {
  return {
    id: 'password',
    on: { method: 'POST', paths: [compilePattern('^/$')], query: new Map(), shared: false },
    type: 'form',
    script: false,
    need: new Map(),
    account: null,
    realm: null,
    secret: [],
    pass: [],
    check: new Map(),
    headers: new Map(),
    fail: [],
    ok: [],
    next: null,
    ...over,
  };
}

const TYPES = { form: 'application/x-www-form-urlencoded', json: 'application/json', xml: 'text/xml', basic: '' };

function read(of: LoginStep, body: string, headers: readonly string[] = []) {
  return readStep(of, HeaderFields.of(['Content-Type', TYPES[of.type], ...headers]), Buffer.from(body));
}

const ROUNDCUBE = step({
  need: new Map<string, Allowed>([['_action', ['login']]]),
  account: '_user',
  secret: ['_pass'],
  pass: ['_token', '_task', '_timezone', '_url'],
});

test('a form is a step, and the app is sent the fields that were read', () => {
  const found = read(ROUNDCUBE, '_token=a&_task=login&_action=login&_user=bob&_pass=Pass+w0rd%21a');
  assert.deepEqual(found, {
    account: 'bob',
    realm: null,
    secrets: ['_pass'],
    send: {
      type: 'application/x-www-form-urlencoded',
      bytes: Buffer.from('_token=a&_task=login&_action=login&_user=bob&_pass=Pass%20w0rd%21a'),
      authorization: null,
    },
  });
});

test('without a value that it needs, a request is not this step', () => {
  assert.equal(read(ROUNDCUBE, '_action=send&_subject=x'), 'not-this-step');
  assert.equal(read(ROUNDCUBE, '_user=bob&_pass=x'), 'not-this-step');
  assert.equal(read(ROUNDCUBE, ''), 'not-this-step');
});

test('what the step does not list, or a server could take for what it lists, is refused', () => {
  const bodies: readonly (readonly [string, BodyFault])[] = [
    ['_action=login&_user=bob&_pass=x&_host=evil', 'malformed'],
    ['_action=login&_pass=x', 'malformed'],
    ['_action=login&_user=bob&_pass=x&_user=alice', 'duplicate'],
    ['_action=login&_user=bob&_pass=x&.user=alice', 'look-alike'],
    ['_action=login&_user[]=bob&_pass=x', 'look-alike'],
    ['_action=login&_User=bob&_pass=x', 'look-alike'],
    ['.action=login&_user=bob&_pass=x', 'look-alike'],
    ['_action=login&_user=bob%0A&_pass=x', 'malformed'],
    ['_action=login&_user=bob&_pass=Passw0rd%0A', 'malformed'],
    [`_action=login&_user=${'b'.repeat(300)}&_pass=x`, 'too-large'],
  ];
  for (const [body, fault] of bodies) refused(() => read(ROUNDCUBE, body), fault, body);
  refused(
    () => readStep(ROUNDCUBE, HeaderFields.of(['Content-Type', 'text/plain']), Buffer.from('x')),
    'media-type',
    'text/plain',
  );
  refused(() => readStep(ROUNDCUBE, HeaderFields.none, Buffer.from('_action=x')), 'media-type', 'no type');
});

test('spellings of the account come through as they are sent', () => {
  for (const name of ['ALICE', ' alice ', 'ᴬlice', 'álice', 'CORP\\alice', 'alice@corp', '']) {
    const found = read(ROUNDCUBE, `_action=login&_user=${encodeURIComponent(name)}&_pass=x`);
    assert.ok(found !== 'not-this-step' && found.send.bytes !== null);
    assert.equal(found.account, name);
    assert.equal(new URLSearchParams(found.send.bytes.toString()).get('_user'), name);
  }
});

test('a realm, a value that is checked, a value that must be there', () => {
  const vpn = step({
    need: new Map<string, Allowed>([['magic', 'any']]),
    account: 'username',
    realm: 'realm',
    secret: ['code', 'credential'],
    pass: ['reqid'],
    check: new Map([['redir', compilePattern('^/')]]),
  });
  const found = read(vpn, 'magic=1&username=bob&realm=staff&code=1&redir=%2Fx');
  assert.ok(found !== 'not-this-step');
  assert.deepEqual([found.account, found.realm, found.secrets], ['bob', 'staff', ['code']]);
  refused(() => read(vpn, 'magic=1&username=bob&redir=https%3A%2F%2Fevil'), 'malformed', 'checked value');
  refused(() => read(vpn, 'magic=1&username=bob&realm=a&Realm=b'), 'look-alike', 'two realms');
  assert.equal(read(vpn, 'username=bob'), 'not-this-step');
});

test('a form of any scalars (WebForms): fields by the end of their names', () => {
  const forms = step({ account: '*$UserName', secret: ['*$Password'], pass: 'any-scalar' });
  const body = '__VIEWSTATE=%2FwEP&ctl00%24M%24UserName=bob&ctl00%24M%24Password=x&ctl00%24M%24Go=Log+in';
  const found = read(forms, body);
  assert.ok(found !== 'not-this-step');
  assert.equal(found.account, 'bob');
  assert.equal(String(found.send.bytes), body.replaceAll('+', '%20').replaceAll('ctl00%24M%24', 'ctl00%24M%24'));
  refused(() => read(forms, `${body}&ctl00%24N%24UserName=alice`), 'duplicate', 'two fields of one ending');
  refused(() => read(forms, `${body}&ctl00%24N%24USERNAME=alice`), 'look-alike', 'another case');
  refused(() => read(forms, `${body}&a%5Bb%5D=1`), 'malformed', 'an array');
});

test('JSON: a step by pointer, types kept', () => {
  const sogo = step({ type: 'json', account: '/userName', secret: ['/password'], pass: ['/domain', '/rememberLogin'] });
  const found = read(sogo, '{"userName":"bob","password":"x","domain":null,"rememberLogin":0}');
  assert.ok(found !== 'not-this-step');
  assert.equal(found.account, 'bob');
  assert.equal(found.send.type, 'application/json');
  assert.equal(String(found.send.bytes), '{"userName":"bob","password":"x","domain":null,"rememberLogin":0}');
  const bodies: readonly (readonly [string, BodyFault])[] = [
    ['{"userName":"bob","userName":"alice","password":"x"}', 'duplicate'],
    ['{"userName":"bob","username":"alice","password":"x"}', 'look-alike'],
    ['{"username":"bob","password":"x"}', 'look-alike'],
    ['{"userName":["alice"],"password":"x"}', 'malformed'],
    ['{"userName":{"a":"alice"},"password":"x"}', 'look-alike'],
    ['{"userName":1,"password":"x"}', 'malformed'],
    ['{"userName":null,"password":"x"}', 'malformed'],
    ['{"userName":"bob","password":1}', 'malformed'],
    ['{"userName":"bob\\u0000","password":"x"}', 'malformed'],
    ['{"userName":"bob","password":"x","language":"x"}', 'malformed'],
    ['{"userName":"bob","password":"x","o":{"domain":"x"}}', 'malformed'],
    ['[{"userName":"bob","password":"x"}]', 'malformed'],
  ];
  for (const [body, fault] of bodies) refused(() => read(sogo, body), fault, body);
});

test('XML: a document that says all in attributes of its element is a step; text or another attribute there is not', () => {
  const init = step({
    type: 'xml',
    need: new Map<string, Allowed>([['config-auth/@type', ['init']]]),
    account: null,
    secret: [],
  });
  const found = read(init, '<config-auth type="init"></config-auth>');
  assert.ok(found !== 'not-this-step');
  assert.match(String(found.send.bytes), /<config-auth type="init"/);
  for (const body of [
    '<config-auth type="init">bob</config-auth>',
    '<config-auth type="init" name="bob"/>',
    '<config-auth type="init"><a/></config-auth>',
  ])
    refused(() => read(init, body), 'malformed', body);
});

test('XML: a step by path; a second element of the name, anywhere, is refused', () => {
  const user = step({
    type: 'xml',
    need: new Map<string, Allowed>([['config-auth/@type', ['auth-reply']]]),
    account: 'config-auth/auth/username',
    pass: 'any-scalar',
  });
  const body = '<config-auth type="auth-reply"><v>1</v><v>2</v><auth><username>bob</username></auth></config-auth>';
  const found = read(user, body);
  assert.ok(found !== 'not-this-step');
  assert.equal(found.account, 'bob');
  assert.equal(found.send.type, 'text/xml; charset=utf-8');
  assert.equal(String(found.send.bytes), `<?xml version="1.0" encoding="UTF-8"?>\n${body}`);
  assert.equal(read(user, '<config-auth type="init"/>'), 'not-this-step');
  const two = '<username>bob</username>';
  const bodies: readonly (readonly [string, BodyFault])[] = [
    [`<auth>${two}${two}</auth>`, 'duplicate'],
    [`<auth>${two}</auth><auth/>`, 'duplicate'],
    [`<auth>${two}<Username>alice</Username></auth>`, 'look-alike'],
    [`<username>alice</username><auth>${two}</auth>`, 'look-alike'],
    ['<auth/>', 'malformed'],
  ];
  for (const [inner, fault] of bodies)
    refused(() => read(user, `<config-auth type="auth-reply">${inner}</config-auth>`), fault, inner);
  const listed = { ...user, pass: ['config-auth/auth/password'] };
  refused(() => read(listed, body), 'malformed', 'an element that is not listed');
});

test('Basic: the header is written anew, other headers have one of their values', () => {
  const cockpit = step({
    type: 'basic',
    account: 'basic',
    secret: ['basic'],
    headers: new Map<string, Allowed>([['x-superuser', ['none', 'any']]]),
  });
  const value = `bAsIc ${Buffer.from('alice:Passw0rd!a').toString('base64')}`;
  const found = readStep(cockpit, HeaderFields.of(['authorization', value, 'X-Superuser', 'none']), Buffer.alloc(0));
  assert.deepEqual(found, {
    account: 'alice',
    realm: null,
    secrets: ['basic'],
    send: { type: null, bytes: null, authorization: value.replace('bAsIc', 'Basic') },
  });
  const bad: readonly (readonly [readonly string[], string, BodyFault])[] = [
    [['Authorization', 'Negotiate abc'], '', 'malformed'],
    [['Authorization', 'X-Conversation a b'], '', 'malformed'],
    [['Authorization', value, 'Authorization', value], '', 'duplicate'],
    [['Authorization', value], 'x', 'malformed'],
    [['Authorization', value, 'X-Superuser', 'pkexec'], '', 'malformed'],
    [['Authorization', value, 'X-Superuser', 'none', 'x-superuser', 'any'], '', 'duplicate'],
    [['Authorization', `Basic ${Buffer.from(`${'a'.repeat(257)}:x`).toString('base64')}`], '', 'too-large'],
  ];
  for (const [raw, body, fault] of bad)
    refused(() => readStep(cockpit, HeaderFields.of(raw), Buffer.from(body)), fault, raw.join(' '));
  assert.equal(readStep(cockpit, HeaderFields.none, Buffer.alloc(0)), 'not-this-step');
});
