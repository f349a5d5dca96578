import assert from 'node:assert/strict';
import test from 'node:test';
import type { BoundLogin, Vault } from '../../../src/config/login-types.ts';
import { putTokens, takeTokens } from '../../../src/presets/vault.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { answer, login } from './logins.ts';

const TOKEN = '0123456789ABCDEF0123';
const send = { header: 'Guacamole-Token', query: 'token', path: '/api/tokens/{}' };
const GUACAMOLE = login({ vault: [{ json: '/authToken', xml: null, send }] });
const vault = (over: Partial<Vault>): BoundLogin => login({ vault: [{ json: null, xml: null, send, ...over }] });

function take(of: BoundLogin, ...given: Parameters<typeof answer>) {
  let n = 0;
  const taken = takeTokens(of, answer(...given), () => `stand-in-${++n}`);
  return {
    vault: Object.fromEntries(taken.vault),
    body: taken.answer.body.toString(),
    headers: taken.answer.headers.lines(),
  };
}

test('a token in JSON is kept, and nothing of the answer holds it any more', () => {
  const body = JSON.stringify({
    authToken: TOKEN,
    username: 'alice',
    link: `/t?token=${TOKEN}`,
    deep: [{ again: TOKEN }],
  });
  const taken = take(GUACAMOLE, 200, [`X-Token: ${TOKEN}`, 'Content-Length: 99', 'ETag: "1"', 'Set-Cookie: a=b'], body);
  assert.deepEqual(taken.vault, { 'stand-in-1': TOKEN });
  assert.deepEqual(JSON.parse(taken.body), {
    authToken: 'stand-in-1',
    username: 'alice',
    link: '/t?token=stand-in-1',
    deep: [{ again: 'stand-in-1' }],
  });
  assert.deepEqual(taken.headers, ['X-Token', 'stand-in-1', 'Set-Cookie', 'a=b']);
});

test('an answer without a token stays as it is', () => {
  for (const body of ['{"message":"Invalid login."}', '{"authToken":""}', '<html>', '', '[1]', '{"authToken":null}']) {
    const taken = take(GUACAMOLE, 403, ['Content-Length: 1'], body);
    assert.deepEqual(taken, { vault: {}, body, headers: ['Content-Length', '1'] }, body);
  }
});

test('an answer that may hold a token and cannot be read goes to nobody', () => {
  for (const [type, body] of [
    ['application/json', `{"authToken":"${TOKEN}"`],
    ['application/vnd.x+json; charset=utf-8', `x${TOKEN}`],
  ] as const)
    assert.throws(() => take(GUACAMOLE, 200, [`Content-Type: ${type}`], body), { code: 'upstream-invalid' });
  const xml = `<!DOCTYPE a><config-auth><session-token>${TOKEN}</session-token></config-auth>`;
  assert.throws(() => take(vault({ xml: 'config-auth/session-token' }), 200, ['Content-Type: text/xml'], xml), {
    code: 'upstream-invalid',
  });
});

test('a token in XML', () => {
  const of = vault({ xml: 'config-auth/session-token' });
  const body = (token: string): string =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<config-auth client="vpn"><session-token>${token}</session-token><auth id="success"></auth></config-auth>`;
  const taken = take(of, 200, [], body(TOKEN));
  assert.deepEqual(taken.vault, { 'stand-in-1': TOKEN });
  assert.equal(taken.body, body('stand-in-1'));
  const twice = body(TOKEN).replace('<auth', '<session-token>x</session-token><auth');
  assert.throws(() => take(of, 200, [], twice), { code: 'upstream-invalid' });
});

test('a token that is too long is not kept', () => {
  assert.throws(() => take(GUACAMOLE, 200, [], JSON.stringify({ authToken: 'a'.repeat(5000) })), {
    code: 'upstream-invalid',
  });
});

const known = new Map([['stand-in', 'tok/en 1']]);
const put = (target: string, headers: readonly string[] = []) =>
  putTokens(GUACAMOLE, target, HeaderFields.of(headers), (each) => known.get(each));

test('stand-ins become tokens again where the preset says', () => {
  assert.equal(put('/tunnel?a=1&token=stand-in&b').target, '/tunnel?a=1&token=tok%2Fen%201&b');
  assert.equal(put('/api/tokens/stand-in?x=1').target, '/api/tokens/tok%2Fen%201?x=1');
  assert.deepEqual(put('/', ['guacamole-token', 'stand-in']).headers, [['Guacamole-Token', 'tok/en 1']]);
  assert.deepEqual(put('/').without, ['guacamoletoken']);
});

test('what needs no token is left alone', () => {
  for (const target of [
    '/',
    '/?tokens=1&xtoken=2',
    '/api/tokens',
    '/api/tokens/a/b',
    '/api/tokensx/a',
    '/?token=',
    '/a?',
  ])
    assert.deepEqual(put(target), { target, headers: [], without: ['guacamoletoken'] }, target);
  assert.deepEqual(put('/', ['Guacamole-Token', '']).headers, [['Guacamole-Token', '']]);
});

test('what was not given out here is refused, in every spelling', () => {
  const targets = [
    '/?token=other',
    '/?Token=stand-in',
    '/?%74oken=x',
    '/?token=stand-in&token=stand-in',
    '/?a;token=x',
    '/?token[]=x',
    '/?+token=x',
  ];
  targets.push(
    '/api/tokens/other',
    '/api/Tokens/stand-in',
    '/api/%74okens/x',
    '/api/tokens/x/',
    '/?token=stand%2Din',
    '/?token',
  );
  for (const target of targets) assert.throws(() => put(target), { code: 'credentials-misplaced' }, target);
  assert.throws(() => put('/', ['Guacamole-Token', 'other']), { code: 'credentials-misplaced' });
  assert.throws(() => put('/', ['Guacamole-Token', 'stand-in', 'guacamole-token', 'stand-in']), {
    code: 'credentials-misplaced',
  });
});

test('an error never holds the token', () => {
  assert.throws(
    () => put(`/?token=${TOKEN}`),
    (error: Error) => !error.message.includes(TOKEN),
  );
});
