import assert from 'node:assert/strict';
import test from 'node:test';
import { TROUBLES, troubleOf } from '../../../src/notices/trouble.ts';
import { ENDED_FIRST } from '../../../src/store/invitations.ts';

test('each cause that is kept with a message says what stands behind it', () => {
  const causes = [
    ['EENVELOPE RCPT TO 550', 'no-letter-box'],
    ['EENVELOPE RCPT TO 553', 'no-letter-box'],
    ['EENVELOPE RCPT TO 556', 'no-letter-box'],
    ['EENVELOPE RCPT TO 552', 'full'],
    ['EENVELOPE RCPT TO 452', 'full'],
    ['EENVELOPE RCPT TO 450', 'later'],
    ['EENVELOPE RCPT TO 554', 'not-from-us'],
    ['EENVELOPE MAIL FROM 550', 'not-from-us'],
    ['EENVELOPE MAIL FROM 451', 'later'],
    ['EENVELOPE RCPT TO 530', 'sign-in'],
    ['EENVELOPE RCPT TO 421', 'unreachable'],
    ['EMESSAGE DATA 554', 'message-refused'],
    ['EMESSAGE 552', 'message-refused'],
    ['EMESSAGE DATA 451', 'later'],
    ['EAUTH AUTH PLAIN 535', 'sign-in'],
    ['ESOCKET CERT_HAS_EXPIRED CONN', 'not-secure'],
    ['ESOCKET DEPTH_ZERO_SELF_SIGNED_CERT CONN', 'not-secure'],
    ['ESOCKET UNABLE_TO_VERIFY_LEAF_SIGNATURE CONN', 'not-secure'],
    ['ESOCKET ERR_TLS_CERT_ALTNAME_INVALID CONN', 'not-secure'],
    ['ETLS STARTTLS 454', 'not-secure'],
    ['ESOCKET ECONNREFUSED CONN', 'unreachable'],
    ['EDNS ENOTFOUND CONN', 'unreachable'],
    ['ETIMEDOUT CONN', 'unreachable'],
    ['EPROTOCOL CONN', 'unreachable'],
    [ENDED_FIRST, 'ended'],
    ['the link cannot be opened with this key', 'key'],
    ['mail is not configured', 'not-configured'],
    ['password file EACCES', 'not-configured'],
    ['certificate file ENOENT', 'not-configured'],
    ['unknown failure', 'unknown'],
    ['message cannot be written', 'unknown'],
    ['', 'unknown'],
    ['constructor', 'unknown'],
    ['EENVELOPE', 'unknown'],
    ['EENVELOPE RCPT TO 250', 'unknown'],
  ] as const;
  for (const [cause, trouble] of causes) assert.equal(troubleOf(cause), trouble, cause);
  const reached = new Set(causes.map(([, trouble]) => trouble));
  assert.deepEqual([...reached].toSorted(), [...TROUBLES].toSorted());
});
