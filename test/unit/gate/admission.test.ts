import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import test from 'node:test';
import { Admission, type AdmissionParts, type MintToken, mintToken } from '../../../src/gate/admission.ts';
import { admit, testApp, testSession } from '../../support/guarded.ts';

const app = testApp('http://127.0.0.1:1');

function request(): IncomingMessage {
  const made = new IncomingMessage(new Socket());
  made.method = 'GET';
  made.url = '/a';
  return made;
}

const genuine = (): Admission<'session'> => admit(request(), app, testSession());

test('the token to mint with is handed out once in a process', () => {
  // The stand-in for the gate took it when it was loaded.
  assert.throws(() => mintToken(), TypeError);
  assert.throws(() => mintToken(), TypeError);
});

test('without the token there is no admission', () => {
  const parts: AdmissionParts = { ...genuine() };
  const forged = [Symbol('minted in gate/'), Symbol.for('minted in gate/'), undefined, null, true, {}];
  for (const proof of forged) {
    // A forger has casts.
    assert.throws(() => new Admission(proof as MintToken, 'session', parts), TypeError);
  }
  class Own extends Admission {}
  assert.throws(() => new Own(Symbol() as MintToken, 'session', parts), TypeError);
});

test('a genuine admission is good once', () => {
  const admission = genuine();
  assert.equal(Admission.spend(admission, ['session']), true);
  assert.equal(Admission.spend(admission, ['session']), false);
  assert.equal(Admission.spend(admission, ['session']), false);
});

test('a literal, a spread, a clone, a heir or a proxy of an admission cannot be spent', () => {
  const admission = genuine();
  const forgeries: readonly unknown[] = [
    {},
    { ...admission },
    { ...admission, target: '/admin' },
    Object.create(admission),
    Object.create(Admission.prototype),
    Object.assign(Object.create(Admission.prototype), admission),
    Object.setPrototypeOf({ ...admission }, Admission.prototype),
    new Proxy(admission, {}),
    new Proxy(admission, { get: (of, name) => (name === 'target' ? '/admin' : Reflect.get(of, name)) }),
  ];
  for (const forged of forgeries) assert.equal(Admission.spend(forged as Admission, ['session']), false); // a forger has casts
  assert.equal(Admission.spend(admission, ['session']), true, 'the genuine one is untouched');
});

test('what was judged cannot be changed any more', () => {
  const admission = genuine();
  for (const [name, value] of Object.entries({
    target: '/admin',
    session: testSession('mallory'),
    app: {},
    assertion: 'x',
  })) {
    assert.throws(() => Object.assign(admission, { [name]: value }), TypeError, name);
  }
  assert.throws(() => Object.defineProperty(admission, 'target', { value: '/admin' }), TypeError);
  assert.throws(() => Object.setPrototypeOf(admission, {}), TypeError);
  assert.equal(admission.target, '/a');
});
