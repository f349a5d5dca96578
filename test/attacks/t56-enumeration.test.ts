import assert from 'node:assert/strict';
import test from 'node:test';
import { addAccount, disableAccount } from '../support/manage.ts';
import { PASSWORD, Person } from '../support/person.ts';
import type { ParsedAnswer } from '../support/raw.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';

/** An hour later nobody has to wait any more for what was guessed before. */
const HOUR = 3_600_000;
const KINDS = ['unknown', 'known without a factor', 'known with TOTP', 'disabled'] as const;

/** All that tells one answer from another, without what differs between any two: moments and random values. */
function shape(answer: ParsedAnswer): unknown {
  const headers = answer.headers
    .filter(([name]) => name.toLowerCase() !== 'date')
    .map(([name, value]) => [name, name.toLowerCase() === 'set-cookie' ? value.replace(/=[\w-]{20,};/, '=X;') : value]);
  return { status: answer.status, reason: answer.reason, headers, body: answer.body.replace(/value="[^"]*"/g, '') };
}

async function people(sally: Sallyport): Promise<Record<(typeof KINDS)[number], string>> {
  await new Person(sally, 'totta').enrol();
  await new Person(sally, 'gonea').enrol();
  await disableAccount(sally.manage, 'gonea');
  await addAccount(sally.manage, { name: 'blank', realm: 'staff' });
  return { unknown: 'nobod', 'known without a factor': 'blank', 'known with TOTP': 'totta', disabled: 'gonea' };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

test('with a wrong password all accounts answer alike, as JSON, as a form and when it is too often', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  const names = await people(sally);
  const answers = new Map<string, unknown[]>();
  for (const kind of KINDS) {
    const heard: unknown[] = [];
    for (let n = 0; n < 7; n += 1) {
      const body = { account: names[kind], password: 'not the password of anybody' };
      heard.push(shape(await sally.send('POST', '/.sallyport/sign-in', n % 2 === 0 ? { json: body } : { form: body })));
    }
    answers.set(kind, heard);
    await sally.advance(HOUR);
  }
  for (const kind of KINDS) assert.deepEqual(answers.get(kind), answers.get('unknown'), kind);
  sally.upstream.silent();
});

test('where the app checks passwords, the second step answers alike for all accounts', async (t) => {
  const sally = await startSallyport({ realm: 'app' });
  t.after(() => sally.close());
  const names = await people(sally);
  const answers = new Map<string, unknown[]>();
  for (const kind of KINDS) {
    const person = new Person(sally, names[kind]);
    const heard = [shape(await person.begin())];
    const page = { headers: [['Accept', 'text/html']] } as const;
    heard.push(shape(await person.send('GET', '/.sallyport/sign-in/totp', page)));
    heard.push(shape(await person.send('GET', '/.sallyport/sign-in/recovery', page)));
    for (const code of ['000001', '000002', 'not a code', '000003', '000004', '000005', '000006']) {
      heard.push(shape(await person.post('/.sallyport/sign-in/totp', { code })));
    }
    heard.push(shape(await person.post('/.sallyport/sign-in/recovery', { code: 'aaaa-bbbb-cccc-dddd' })));
    heard.push(shape(await person.send('POST', '/.sallyport/sign-in/totp', { form: { code: '000007' } })));
    answers.set(kind, heard);
    await sally.advance(HOUR);
  }
  for (const kind of KINDS) assert.deepEqual(answers.get(kind), answers.get('unknown'), kind);
  assert.match(JSON.stringify(answers.get('unknown')?.[0]), /^\{"status":200,/);
  sally.upstream.silent();
});

test('the right password of an account that cannot sign in is told from nothing', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  await people(sally);
  // The disabled one typed what was right: it hears what a wrong password hears.
  const right = shape(
    await sally.send('POST', '/.sallyport/sign-in', { json: { account: 'gonea', password: PASSWORD } }),
  );
  const wrong = shape(
    await sally.send('POST', '/.sallyport/sign-in', { json: { account: 'totta', password: 'x'.repeat(20) } }),
  );
  assert.deepEqual(right, wrong);
});

test('the second step costs the same for all accounts (reported; what is asserted is generous)', async (t) => {
  const sally = await startSallyport({ realm: 'app' });
  t.after(() => sally.close());
  const names = await people(sally);
  const times = new Map<string, number[]>(KINDS.map((kind) => [kind, []]));
  // Interleaved, so that a slow moment of the machine meets all alike.
  for (let n = 0; n < 100; n += 1) {
    // Thirty quiet days and a stranger's guesses are forgotten (docs/decisions/0017).
    if (n % 4 === 0) await sally.advance(31 * 24 * HOUR);
    for (const kind of KINDS) {
      const person = new Person(sally, names[kind]);
      await person.begin();
      const start = performance.now();
      const answer = await person.post('/.sallyport/sign-in/totp', { code: '000001' });
      times.get(kind)?.push(performance.now() - start);
      assert.equal(answer.status, 401);
    }
  }
  const medians = KINDS.map((kind) => median(times.get(kind) ?? []));
  t.diagnostic(KINDS.map((kind, at) => `${kind}: ${medians[at]?.toFixed(2)} ms`).join(', '));
  assert.ok(Math.max(...medians) - Math.min(...medians) < 50);
});
