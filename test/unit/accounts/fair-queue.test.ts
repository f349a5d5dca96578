import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Asker, FairQueue, type FairQueueLimits } from '../../../src/accounts/fair-queue.ts';
import { SallyportError } from '../../../src/errors.ts';

const LIMITS: FairQueueLimits = { atOnce: 2, waiting: 512, perSource: 16, perAccount: 8, patienceMs: 12_000 };

/** A queue whose work ends when it is told to, and which says in what order work was begun. */
function stand(limits: Partial<FairQueueLimits> = {}) {
  const clock = { at: 0, monotonic: () => clock.at };
  const queue = new FairQueue({ ...LIMITS, ...limits }, clock);
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const refused: string[] = [];
  const ask = (name: string, asker: Partial<Asker>): Promise<void> =>
    queue
      .run({ source: '192.0.2.1', account: name, rank: 1, ...asker }, () => {
        begun.push(name);
        return new Promise<void>((end) => ends.push(end));
      })
      .catch((error: unknown) => {
        assert.ok(error instanceof SallyportError && error.code === 'busy' && error.retryAfter === 2);
        refused.push(name);
      });
  const step = async () => {
    ends.shift()?.();
    await new Promise((done) => setImmediate(done));
  };
  const drain = async () => {
    await step();
    while (ends.length > 0) await step();
  };
  return { clock, ask, step, drain, begun, refused, ends };
}

const FLOODS: Readonly<Record<string, (n: number) => string>> = {
  'one /48 of IPv6': (n) => `2001:db8:7:${n.toString(16)}::1`,
  'one /24': (n) => `198.51.100.${n % 256}`,
  'a thousand /24 of one /8': (n) => `10.${n >> 8}.${n & 255}.9`,
  'all over IPv4': (n) => `${(n * 7) % 223}.${(n * 31) % 256}.${n % 256}.${(n * 3) % 256}`,
};

for (const [where, sourceOf] of Object.entries(FLOODS)) {
  for (const naming of ['one account', 'accounts of their own'] as const) {
    test(`of a flood from ${where} that names ${naming}, whoever comes then is looked at after a few`, async () => {
      const on = stand();
      for (let n = 0; n < 400; n += 1)
        void on.ask(`wrong ${n}`, { source: sourceOf(n), account: naming === 'one account' ? 'alice' : `nobody ${n}` });
      for (let n = 0; n < 20; n += 1) {
        const [before, source] = [on.begun.length, `203.0.113.${n + 1}`];
        void on.ask(`right ${n}`, { source, account: `person ${n}` });
        for (let jobs = 0; jobs < 4 && !on.begun.includes(`right ${n}`); jobs += 1) await on.step();
        assert.ok(on.begun.indexOf(`right ${n}`) - before <= 4, `${n}: ${on.begun.indexOf(`right ${n}`) - before}`);
      }
      await on.drain();
    });
  }
}

test('known browsers come first, and who has failed lately comes last', async () => {
  const on = stand({ atOnce: 1 });
  void on.ask('first', {});
  for (const [name, rank] of [
    ['failed', 4],
    ['failed once', 2],
    ['new', 1],
    ['known', 0],
  ] as const)
    void on.ask(name, { rank, source: `192.0.2.${rank}` });
  await on.drain();
  assert.deepEqual(on.begun, ['first', 'known', 'new', 'failed once', 'failed']);
});

test('sources and, within one, accounts have their turns', async () => {
  const on = stand({ atOnce: 1 });
  void on.ask('running', { source: '192.0.2.9' });
  for (const name of ['a1', 'a2', 'a3']) void on.ask(name, { source: '198.51.100.1', account: 'a' });
  void on.ask('b1', { source: '198.51.100.1', account: 'b' });
  void on.ask('c1', { source: '198.51.100.2', account: 'c' });
  await on.drain();
  assert.deepEqual(on.begun, ['running', 'a1', 'c1', 'b1', 'a2', 'a3']);
});

test('a source, an account and all together have a bounded number waiting; one more is told to come again', async () => {
  const on = stand({ waiting: 30 });
  for (let n = 0; n < 20; n += 1) void on.ask(`source ${n}`, { source: '192.0.2.1', account: `${n}` });
  for (let n = 0; n < 20; n += 1) void on.ask(`account ${n}`, { source: `198.51.${n}.1`, account: 'x' });
  for (let n = 0; n < 20; n += 1) void on.ask(`all ${n}`, { source: `203.0.${n}.1`, account: `y ${n}` });
  await new Promise((done) => setImmediate(done));
  const of = (what: string) => on.refused.filter((name) => name.startsWith(what)).length;
  assert.deepEqual([of('source'), of('account'), of('all')], [2, 12, 14]);
  // A full queue has room for a known browser, at the cost of one of those who go last.
  void on.ask('known', { source: '203.0.113.77', rank: 0 });
  await on.step();
  assert.equal(on.begun.at(-1), 'known');
  assert.equal(on.refused.length, 29);
  await on.drain();
  assert.equal(on.begun.length + on.refused.length, 61);
});

test('who has waited longer than a page may take is told to come again, and is not worked for', async () => {
  const on = stand({ atOnce: 1 });
  void on.ask('running', {});
  void on.ask('late', { source: '192.0.2.2' });
  on.clock.at = 11_000;
  void on.ask('in time', { source: '192.0.2.3' });
  on.clock.at = 12_001;
  await on.drain();
  assert.deepEqual([on.begun, on.refused], [['running', 'in time'], ['late']]);
});

test('work that fails gives its place free', async () => {
  const queue = new FairQueue({ ...LIMITS, atOnce: 1 }, { monotonic: () => 0 });
  const asker = { source: '', account: '', rank: 0 };
  await assert.rejects(
    queue.run(asker, () => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.equal(await queue.run(asker, async () => 'next'), 'next');
});

test('whatever comes in whatever order, everybody is begun or refused, once, and never more than two at a time', async () => {
  const asked = fc.record({
    source: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('192.0.2.1'), fc.constant('junk')),
    account: fc.constantFrom('a', 'b', 'c', 'd'),
    rank: fc.integer({ min: -1, max: 7 }),
    steps: fc.nat(2),
    passes: fc.nat(9000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { maxLength: 60 }), async (all) => {
      const on = stand({ waiting: 12, perSource: 5, perAccount: 5 });
      for (const [n, { steps, passes, ...asker }] of all.entries()) {
        void on.ask(String(n), asker);
        on.clock.at += passes;
        for (let i = 0; i < steps; i += 1) await on.step();
        assert.ok(on.ends.length <= 2);
      }
      await on.drain();
      const names = [...on.begun, ...on.refused].map(Number).sort((a, b) => a - b);
      assert.deepEqual(names, [...all.keys()]);
    }),
    { numRuns: 60 },
  );
});
