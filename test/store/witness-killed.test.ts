import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatRequest } from '../../src/receivers/witness/message.ts';
import { signCheckpoint } from '../../src/tlog/checkpoint.ts';
import { verifyCosignature } from '../../src/tlog/cosignature.ts';
import { parseNote } from '../../src/tlog/note.ts';
import { Levels } from '../../src/tlog/proofs.ts';
import { leafHash } from '../../src/tlog/tree.ts';
import { LOG_KEY } from '../support/sealed.ts';
import { eachStore } from '../support/stores.ts';
import { WITNESS_KEY, WitnessProcess } from '../support/witness.ts';

/** Or as many as there is time for on a machine that has none. */
const KILLS = 50;
const TIME_MS = 180_000;
/** Leaves that each fork has beyond what the witness has seen. */
const AHEAD = 400;

const noteOf = (log: Levels, size: number) =>
  signCheckpoint({ origin: LOG_KEY.name, size, root: log.root(size) }, LOG_KEY);

const requestOf = (log: Levels, old: number, size: number) =>
  formatRequest({
    old,
    proof: old === 0 || old === size ? [] : log.consistency(old, size),
    checkpoint: noteOf(log, size),
  });

/** Heads that were cosigned, by size: all that a reader of cosignatures could ever be shown. */
class Signed {
  readonly #roots = new Map<number, string>();
  largest = 0;
  #total = 0;
  #waiting: { readonly total: number; readonly done: () => void } | undefined;

  /** When so many more were cosigned. */
  after(more: number): Promise<void> {
    return new Promise((done) => {
      this.#waiting = { total: this.#total + more, done };
    });
  }

  add(log: Levels, size: number, line: string): void {
    const { text, signatures } = parseNote(`${noteOf(log, size)}${line}`);
    const last = signatures.at(-1) ?? assert.fail('nothing was signed');
    verifyCosignature(text, last, WITNESS_KEY);
    const root = log.root(size).toString('hex');
    assert.equal(this.#roots.get(size) ?? root, root, `two roots of size ${size}`);
    this.#roots.set(size, root);
    this.largest = Math.max(this.largest, size);
    this.#total += 1;
    if (this.#waiting !== undefined && this.#total >= this.#waiting.total) this.#waiting.done();
  }

  get size(): number {
    return this.#roots.size;
  }

  /** Whether every head that was cosigned is one of this log. */
  areOf(log: Levels): boolean {
    return [...this.#roots].every(([size, root]) => log.root(size).toString('hex') === root);
  }
}

/** Shows heads of a fork, each a little larger, until the witness is gone; how many were cut off before an answer. */
async function show(
  witness: WitnessProcess,
  log: Levels,
  on: { signed: Signed; from: number; step: number },
): Promise<number> {
  const { signed, from, step } = on;
  for (let at = from; at + step <= from + AHEAD; ) {
    const answer = await witness.ask(requestOf(log, at, at + step));
    if (answer === null) return 1;
    if (answer.status === 200) {
      signed.add(log, at + step, answer.body);
      at += step;
    } else if (answer.status === 409) {
      const size = Number(answer.body);
      assert.ok(size >= at, `it went back from ${at} to ${size}`);
      at = size;
    } else {
      // The other fork is further than this one: what it has seen is no beginning of ours.
      assert.equal(answer.status, 422);
      return 0;
    }
  }
  return 0;
}

/** What the witness says that it has seen. */
async function seen(witness: WitnessProcess, log: Levels): Promise<number> {
  const { status, body } = (await witness.ask(requestOf(log, 0, AHEAD))) ?? assert.fail('it does not answer');
  assert.equal(status, 409);
  return Number(body);
}

/** Two logs that begin with these leaves and then differ. */
function forksOf(
  leaves: readonly Buffer[],
  round: number,
): { readonly leaves: readonly Buffer[]; readonly log: Levels }[] {
  return ['a', 'b'].map((fork) => {
    const own = Array.from({ length: AHEAD }, (_, i) => leafHash(`${fork} ${round} ${i}`));
    const all = [...leaves, ...own];
    return { leaves: all, log: new Levels(Buffer.concat(all)) };
  });
}

/** What it has seen of these forks, and of which of them; asked of one that was started after another was killed. */
async function followed(
  witness: WitnessProcess,
  forks: ReturnType<typeof forksOf>,
  on: { readonly signed: Signed; readonly from: number },
): Promise<readonly Buffer[]> {
  const { signed, from } = on;
  const size = await seen(witness, forks[0]?.log ?? assert.fail());
  assert.ok(size >= Math.max(from, signed.largest), `it went back to ${size}`);
  const own: (readonly Buffer[])[] = [];
  for (const { log, leaves } of forks) {
    const answer = (await witness.ask(requestOf(log, size, size))) ?? assert.fail('it does not answer');
    if (answer.status !== 200) continue;
    signed.add(log, size, answer.body);
    own.push(leaves.slice(0, size));
  }
  return own[0] ?? assert.fail(`no fork is the one that it has seen ${size} of`);
}

eachStore(
  'a witness that is killed while it signs never signs two roots of one size, and never goes back',
  async (on) => {
    const { config, t } = on;
    const signed = new Signed();
    let witness = await WitnessProcess.start(config);
    t.after(() => witness.kill());
    let leaves: readonly Buffer[] = [leafHash('the first')];
    const first = new Levels(Buffer.concat(leaves));
    signed.add(first, 1, (await witness.ask(requestOf(first, 0, 1)))?.body ?? '');
    let [cut, kills] = [0, 0];
    for (const until = performance.now() + TIME_MS; kills < KILLS && performance.now() < until; kills += 1) {
      const from = leaves.length;
      const forks = forksOf(leaves, kills);
      const one = witness;
      const enough = signed.after(1 + (kills % 3));
      const shown = forks.flatMap(({ log }) => [1, 2].map((step) => show(one, log, { signed, from, step })));
      await enough;
      // While it signs, each time at another moment.
      await sleep((kills * 7) % 23);
      await witness.kill();
      for (const each of await Promise.all(shown)) cut += each;
      witness = await WitnessProcess.start(config);
      leaves = await followed(witness, forks, { signed, from });
      assert.ok(signed.areOf(new Levels(Buffer.concat(leaves))), 'all heads that it signed are of one log');
    }
    t.diagnostic(`${kills} kills, ${cut} requests cut off, ${signed.size} heads signed`);
    assert.ok(cut >= kills / 2, `it was killed in the midst of it: ${cut} of ${kills} times`);
    assert.ok(signed.size > kills, `it signed ${signed.size} heads meanwhile`);
  },
);
