import assert from 'node:assert/strict';
import test from 'node:test';
import { HeaderFields } from '../../../src/request/fields.ts';
import { Recording } from '../../../src/workbench/record/recording.ts';
import { foundSteps } from '../../../src/workbench/record/steps.ts';

const PASSWORD = 'right horse';

interface Seen {
  readonly method?: string;
  readonly target: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly leads?: string;
}

function recorded(exchanges: readonly Seen[]): Recording {
  const recording = new Recording('alice', PASSWORD);
  for (const { method = 'GET', target, fields, leads } of exchanges)
    recording.add({
      method,
      target,
      page: null,
      contentType: fields === undefined ? '' : 'application/x-www-form-urlencoded',
      authorization: undefined,
      lines: [],
      script: false,
      cookies: [],
      body: Buffer.from(fields === undefined ? '' : new URLSearchParams(fields).toString()),
      answer: {
        status: leads === undefined ? 200 : 302,
        reason: '',
        headers: HeaderFields.of(leads === undefined ? [] : ['Location', leads]),
        body: Buffer.alloc(0),
      },
    });
  return recording;
}

/** Something beside the password whose name is like that of one. */
const BESIDE = ['nodecode[pass]', 'password_age', 'pwd_hash', 'credential_kind'];

test('the wrong password is where the right one was, whatever else is called like a password', () => {
  for (const beside of BESIDE) {
    const sent = (pass: string) => ({ user: 'alice', [beside]: '1', pass });
    const recording = recorded([
      { method: 'POST', target: '/in', fields: sent(PASSWORD), leads: '/?in=1' },
      { method: 'POST', target: '/in', fields: sent('wrong horse'), leads: '/?again=1' },
    ]);
    assert.notEqual(recording.wrong, recording.right, beside);
    const [step] = foundSteps(recording).steps;
    assert.match([step?.ok].flat()[0]?.location ?? '', /in=1/, beside);
    assert.match([step?.fail].flat()[0]?.location ?? '', /again=1/, beside);
  }
});

test('the picture of a button that signs out is no sign-out', () => {
  const signedIn: Seen = { method: 'POST', target: '/in', fields: { user: 'alice', pass: PASSWORD }, leads: '/' };
  for (const picture of ['/images/logout.png', '/i/sign-out-big.svg?v=2', '/static/logoff.css'])
    for (const out of ['/index.php?do=logout', '/sign-out']) {
      assert.equal(recorded([signedIn, { target: picture }, { target: out }]).logout?.target, out, picture);
      assert.equal(recorded([signedIn, { target: picture }]).logout, undefined, picture);
    }
});
