import assert from 'node:assert/strict';
import test from 'node:test';
import { receiverTroubleOf } from '../../../src/receivers/trouble.ts';
import { notTaken } from '../../../src/receivers/types.ts';

const CAUSES = {
  ECONNREFUSED: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  ECONNRESET: 'unreachable',
  EPIPE: 'unreachable',
  'took too long': 'slow',
  ETIMEDOUT: 'slow',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'not-secure',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'not-secure',
  ERR_TLS_CERT_ALTNAME_INVALID: 'not-secure',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not-secure',
  EPROTO: 'not-secure',
  'answered 401': 'sign-in',
  'answered 503': 'refused',
  'certificate file absent': 'file',
  'secret file holds no secret': 'file',
  EACCES: 'file',
  ENOSPC: 'full',
  'mail is not configured': 'mail',
  'mail EAUTH AUTH PLAIN 535': 'mail',
  'the witness did not sign with its key': 'witness',
  'the log has a gap': 'gap',
  'unknown failure': 'unknown',
  constructor: 'unknown',
  '': 'unknown',
} as const;

test('each cause that a receiver is kept with has words', () => {
  for (const [cause, trouble] of Object.entries(CAUSES)) assert.equal(receiverTroubleOf(cause), trouble, cause);
  assert.equal(
    receiverTroubleOf(notTaken(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })).message),
    'unreachable',
  );
  assert.equal(receiverTroubleOf(notTaken(new Error('x')).message), 'unknown');
});
