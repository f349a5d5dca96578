import assert from 'node:assert/strict';
import test from 'node:test';
import type { CreateTweaks, GetTweaks } from '../support/authenticator.ts';
import { Keyholder } from '../support/keyholder.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({ host: 'portal.localhost' }));

/** All that could differ between two refusals, without what differs by nature. */
function shapeOf(answer: ParsedAnswer): string {
  const headers = answer.headers.filter(([name]) => !/^date$/i.test(name)).map((pair) => pair.join(': '));
  return [answer.status, ...headers, answer.body].join('\n');
}

type Asserted = GetTweaks & { readonly origin?: string };

const ASSERTIONS: Readonly<Record<string, Asserted>> = {
  'user not verified where that is required': { uv: false },
  'user not present': { up: false },
  'another origin': { origin: 'https://portal.localhost.evil.test' },
  'another scheme': { origin: 'https://portal.localhost' },
  'another port': { origin: 'http://portal.localhost:81' },
  'no origin': { origin: 'null' },
  'another relying party': { rpId: 'localhost' },
  'the type of a registration': { type: 'webauthn.create' },
  'crossOrigin without topOrigin': { crossOrigin: true },
  'crossOrigin of another type': { crossOrigin: 'false' },
  'a topOrigin': { topOrigin: 'https://evil.test' },
  'a lower counter': { counter: 0 },
  'an altered signature': { badSignature: true },
  'backup eligibility that changes': { be: true },
  'backed up without being eligible': { bs: true },
  'bytes behind the authenticator data': { trailing: Buffer.from([0]) },
  'the user handle of nobody': { userHandle: 'AAAA' },
  'no user handle': { userHandle: null },
  'another challenge': { challenge: 'A'.repeat(43) },
};

test('whatever is wrong with an assertion, the refusal is the same, and the challenge is gone', async () => {
  const { sally } = on;
  const alice = new Keyholder(sally, 'alice');
  await alice.enrolKey();
  sally.upstream.clear();
  const shapes = new Set<string>();
  for (const [what, tweaks] of Object.entries(ASSERTIONS)) {
    await alice.forgiven();
    const browser = alice.another();
    const options = await browser.options();
    const answer = await browser.say(browser.answer(options, tweaks));
    assert.equal(answer.status, 401, what);
    shapes.add(shapeOf(answer));
    // An answer to another challenge takes none: its own was never asked for here.
    if (tweaks.challenge === undefined)
      assert.equal((await browser.say(browser.answer(options))).status, 401, `${what}: the challenge was used up`);
  }
  await alice.forgiven();
  const stranger = new Keyholder(sally, 'nobody');
  stranger.created({ challenge: 'AAAA', rp: { id: 'portal.localhost' }, user: { id: 'AAAA' } });
  shapes.add(shapeOf(await stranger.say(stranger.answer(await stranger.options()))));
  for (const response of ['{}', '[]', 'null', '{"id":"A","rawId":"A","type":"public-key","response":{}}'])
    shapes.add(shapeOf(await stranger.say(response)));
  assert.equal(shapes.size, 1, [...shapes].join('\n---\n'));
  assert.match([...shapes][0] ?? '', /"code":"passkey-refused"/);
  sally.upstream.silent();
  await alice.forgiven();
  await alice.another().signInByKey();
});

const REGISTRATIONS: Readonly<Record<string, CreateTweaks & { readonly origin?: string }>> = {
  'user not present': { up: false },
  'another origin': { origin: 'https://evil.test' },
  'another relying party': { rpId: 'localhost' },
  'the type of an assertion': { type: 'webauthn.get' },
  'crossOrigin without topOrigin': { crossOrigin: true },
  'a topOrigin': { topOrigin: 'https://evil.test' },
  'backed up without being eligible': { bs: true },
  'an id of 1024 bytes': { idLength: 1024 },
  'an algorithm that was not offered': { cose: [[3, -37]] },
  'bytes behind the authenticator data': { trailing: Buffer.from([0]) },
  'a false statement': { attestation: 'self', badSignature: true },
  'another challenge': { challenge: 'A'.repeat(43) },
};

test('whatever is wrong with a registration, nothing is registered, and the enrolment goes on', async () => {
  const { sally } = on;
  const bob = new Keyholder(sally, 'bob');
  await bob.enrolling();
  const shapes = new Set<string>();
  for (const [what, tweaks] of Object.entries(REGISTRATIONS)) {
    await bob.forgiven();
    const answer = await bob.register(bob.created(await bob.creation(), tweaks));
    assert.equal(answer.status, 401, what);
    shapes.add(shapeOf(answer));
  }
  assert.equal(shapes.size, 1, [...shapes].join('\n---\n'));
  const account = await sally.app.store.accounts.byName('staff', 'bob');
  assert.deepEqual(await sally.app.store.authenticators.credentialsOf(account?.id ?? ''), []);
  assert.equal((await bob.post('/.sallyport/enrol/finish')).status, 409);
  assert.equal((await bob.register(bob.created(await bob.creation()))).status, 200);
});

test('a credential that is registered to one account is registered to no other', async () => {
  const { sally } = on;
  const carol = new Keyholder(sally, 'carol');
  await carol.enrolKey();
  const [taken = ''] = carol.device.credentialIds;
  const dan = new Keyholder(sally, 'dan');
  await dan.enrolling();
  const creation = await dan.creation();
  const made = JSON.parse(dan.created(creation)) as { id: string; response: { attestationObject: string } };
  // The same bytes with the id of carol's credential in the place of the new one, which has as many.
  const object = Buffer.from(made.response.attestationObject, 'base64url');
  const [from, to] = [Buffer.from(made.id, 'base64url'), Buffer.from(taken, 'base64url')];
  to.copy(object, object.indexOf(from));
  const response = { ...made.response, attestationObject: object.toString('base64url') };
  const answer = await dan.register(JSON.stringify({ ...made, id: taken, rawId: taken, response }));
  assert.equal(answer.status, 409);
  assert.doesNotMatch(answer.body, /carol/);
  await carol.another().signInByKey();
});

test('a passkey that verified nobody is one factor: it needs the password, and confirms', async () => {
  const { sally } = on;
  const erin = new Keyholder(sally, 'erin', { uv: false });
  await erin.enrolKey();
  const nameless = erin.another();
  assert.equal((await nameless.say(nameless.answer(await nameless.options()))).status, 401);
  const named = erin.another();
  await named.expect(200, named.begin());
  assert.equal((await named.say(named.answer(await named.options()))).status, 200);
  const session = JSON.parse((await named.send('GET', '/.sallyport/session')).body) as { evidence: { amr: string[] } };
  assert.deepEqual(session.evidence.amr, ['hwk', 'mfa', 'pwd', 'user']);
});

/** Text in the place of an answer; none is one. */
const NO_ANSWERS: readonly string[] = [
  '[]',
  '1',
  'true',
  'null',
  '"text"',
  '{',
  '{}{}',
  '\ufeff{}',
  '{"id":"AAAA","id":"BBBB"}',
  '{"__proto__":{"id":"AAAA"}}',
  '{"id":["AAAA"],"rawId":"AAAA","type":"public-key","response":{}}',
  '{"id":"AAAA","rawId":"AAAA","type":"public-key","response":[]}',
  '{"id":"AAAA","rawId":"BBBB","type":"public-key","response":{}}',
  '{"id":{"$ne":1},"rawId":{"$ne":1},"type":"public-key","response":{"clientDataJSON":{"$ne":1}}}',
  `{"id":"${'A'.repeat(4000)}"}`,
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
  '{"response":{"clientDataJSON":"e30","authenticatorData":"","signature":""},"id":"AA","rawId":"AA","type":"public-key"}',
];

test('what is no answer of a passkey is refused like a wrong one, in a sign-in and in an enrolment', async () => {
  const { sally } = on;
  const fred = new Keyholder(sally, 'fred');
  await fred.enrolling();
  const stranger = new Keyholder(sally, 'nobody');
  sally.upstream.clear();
  for (const response of NO_ANSWERS) {
    await fred.forgiven();
    await fred.creation();
    await stranger.options({ start: 'yes' });
    for (const answer of [await stranger.say(response, { start: 'yes' }), await fred.register(response)]) {
      assert.equal(answer.status, 401, response.slice(0, 60));
      assert.match(answer.body, /"code":"passkey-refused"/, response.slice(0, 60));
    }
  }
  // As a member of the body that is not text, an object is one of the ways; anything else is no body of ours.
  for (const response of [
    '[]',
    '1',
    'true',
    'null',
    '{"a":1,}',
    '{"a":"\\ud800"}',
    `${'{"a":'.repeat(20)}1${'}'.repeat(20)}`,
  ]) {
    const body = `{"response":${response},"start":"yes"}`;
    const headers = [['Content-Type', 'application/json']] as const;
    const answer = await sally.send('POST', '/.sallyport/sign-in/passkey', { body, headers });
    assert.ok([400, 401].includes(answer.status), `${answer.status} ${response}`);
  }
  for (const path of ['sign-in/passkey', 'enrol/passkey']) {
    const large = await fred.post(`/.sallyport/${path}`, { response: 'A'.repeat(100 * 1024) });
    assert.equal(large.status, 413, path);
  }
  sally.upstream.silent();
  await fred.forgiven();
  assert.equal((await fred.register(fred.created(await fred.creation()))).status, 200);
});

test('client data that no browser writes sign nobody in', async () => {
  const { sally } = on;
  const gina = new Keyholder(sally, 'gina');
  await gina.enrolKey();
  const honest = (challenge: string, more = '') =>
    `{"type":"webauthn.get","challenge":"${challenge}","origin":"${sally.origin}","crossOrigin":false${more}}`;
  const odd: readonly ((challenge: string) => string)[] = [
    (challenge) => honest(challenge, ',"origin":"https://evil.test"'),
    (challenge) => honest('A'.repeat(43), `,"challenge":"${challenge}"`).replace('webauthn.get', 'webauthn.create'),
    (challenge) => `\ufeff${honest(challenge)}`.replace('false', 'true'),
    (challenge) => `[${honest(challenge)}]`,
    (challenge) => honest(`${challenge}=`),
    (challenge) => honest(Buffer.from(challenge).toString('base64url')),
    (challenge) => honest(challenge).replace(sally.origin, `${sally.origin}/`),
    (challenge) => honest(challenge).replace(sally.origin, sally.origin.toUpperCase()),
    (challenge) => honest(challenge).replace(`"${sally.origin}"`, `["${sally.origin}"]`),
    (challenge) => honest(challenge).replace('"webauthn.get"', '["webauthn.get"]'),
    (challenge) => honest(challenge, ',"topOrigin":null,"topOrigin":"https://evil.test"'),
    (challenge) => honest(challenge).replace('false', '1'),
    () => '',
    () => 'null',
  ];
  for (const [n, make] of odd.entries()) {
    await gina.forgiven();
    const browser = gina.another();
    const options = (await browser.options({ start: 'yes' })) as { challenge: string };
    const clientDataText = make(options.challenge);
    const answer = await browser.say(browser.answer(options, { clientDataText }), { start: 'yes' });
    assert.equal(answer.status, 401, `${n}: ${clientDataText}`);
    assert.equal(browser.session, undefined);
  }
  // What a browser of tomorrow adds is let be (WebAuthn L3 §5.8.1).
  await gina.forgiven();
  const browser = gina.another();
  const options = (await browser.options({ start: 'yes' })) as { challenge: string };
  const clientDataText = honest(options.challenge, ',"other_keys_can_be_added_here":"see w3c"');
  assert.equal((await browser.say(browser.answer(options, { clientDataText }), { start: 'yes' })).status, 200);
});
