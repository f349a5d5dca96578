import assert from 'node:assert/strict';
import test from 'node:test';
import { SallyportError } from '../../src/errors.ts';
import { Faults } from '../support/faults.ts';
import { Person } from '../support/person.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';

/** What housekeeping asks in between, at moments of its own. */
const HOUSEKEEPING = /^(?:ping|sessions\.touch|keys\.\w+|meta\.\w+|notices\.due|log\.\w+|\w+\.purge)$/;

const FAULTS: Readonly<Record<string, (call: string) => unknown>> = {
  'the store says that it is unavailable': (call) => new SallyportError('store-unavailable', `${call} made to fail`),
  'an exception of the program itself': (call) => new TypeError(`secret-of-${call} is not a function`),
};

/** Numbers the calls that answer a request, and breaks one of them. */
function arm(faults: Faults, nth: number, fault: (call: string) => unknown): { readonly calls: string[] } {
  const calls: string[] = [];
  faults.broken = (call) => {
    if (HOUSEKEEPING.test(call)) return false;
    if (calls.push(call) - 1 === nth) throw fault(call);
    return false;
  };
  return { calls };
}

interface Outcome {
  /** Status of the first answer that was no success, or undefined: the whole way was gone. */
  readonly refused: number | undefined;
  readonly text: string;
}

/** Password, code, and the first request of the new session to the app. */
async function wholeWay(person: Person): Promise<Outcome> {
  for (const step of [
    () => person.begin(),
    async () => person.post('/.sallyport/sign-in/totp', { code: await person.code() }),
    () => person.send('GET', '/'),
  ]) {
    const answer = await step();
    if (answer.status !== 200) return { refused: answer.status, text: answer.body };
  }
  return { refused: undefined, text: '' };
}

/** Sessions of the account, as the store has them. */
async function sessionsOf(sally: Sallyport, person: Person): Promise<number> {
  const account = await sally.app.store.accounts.byName('staff', person.name);
  return (await sally.app.store.sessions.listLive(sally.clock.now(), { accountId: account?.id ?? '' })).length;
}

for (const [what, fault] of Object.entries(FAULTS)) {
  test(`on the way from password to app each call of the store fails once: ${what}`, async (t) => {
    const faults = new Faults();
    const sally = await startSallyport({ store: faults.wrap });
    t.after(() => sally.close());
    const alice = new Person(sally, 'alice');
    await alice.enrol();
    // An hour between attempts: a guess whose outcome the store did not take counts as a wrong one, and makes the next wait.
    const rested = async () => {
      faults.broken = null;
      await sally.advance(3_600_000);
      sally.upstream.clear();
      const person = alice.elsewhere();
      person.lastStep = 0;
      return person;
    };
    const healthy = await rested();
    const record = arm(faults, -1, fault);
    assert.deepEqual(await wholeWay(healthy), { refused: undefined, text: '' });
    assert.equal(sally.upstream.hits, 1);
    assert.ok(record.calls.length > 8, record.calls.join(' '));
    t.diagnostic(record.calls.join(' '));

    for (const [nth, call] of record.calls.entries()) {
      const person = await rested();
      const before = await sessionsOf(sally, person);
      const { calls } = arm(faults, nth, fault);
      const outcome = await wholeWay(person);
      assert.equal(calls[nth], call, 'the way is the same every time');
      assert.ok(outcome.refused === 503 || outcome.refused === 500, `${nth} ${call}: ${outcome.refused}`);
      assert.doesNotMatch(outcome.text, /secret-of|made to fail|at .*\.ts/, 'no detail for outsiders');
      sally.upstream.silent(`${nth} ${call}`);
      faults.broken = null;
      await sally.healthy();
      if (person.session === undefined) assert.equal(await sessionsOf(sally, person), before, `${nth} ${call}`);
      sally.upstream.silent(`${nth} ${call}`);
    }
    const after = await rested();
    assert.deepEqual(await wholeWay(after), { refused: undefined, text: '' }, 'without a restart');
  });
}
