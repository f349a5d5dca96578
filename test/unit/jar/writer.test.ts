import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { JarWriter } from '../../../src/jar/writer.ts';
import type { JarChange } from '../../../src/store/types.ts';

const change = (id: string, version = 2, state = 'x'): JarChange => ({ id, version, state, expiresAt: 9 });

/** A store that tells what it was asked in one go, and writes all but what is called `old`. */
function stand() {
  const asked: string[][] = [];
  let failing = false;
  const writer = new JarWriter({
    update: async (changes) => {
      asked.push(changes.map(({ id, version }) => `${id}.${version}`));
      await turn();
      if (failing) throw new Error('made to fail');
      return new Set(changes.map(({ id }) => id).filter((id) => id !== 'old'));
    },
  });
  return {
    asked,
    writer,
    fail: (on: boolean) => {
      failing = on;
    },
  };
}

test('what is asked for at one time is written in one go, and each is told of its own', async () => {
  const { asked, writer } = stand();
  const done = await Promise.all(['a', 'old', 'b'].map((id) => writer.update(change(id))));
  assert.deepEqual(done, [true, false, true]);
  assert.deepEqual(asked, [['a.2', 'old.2', 'b.2']]);
});

test('what comes while something is being written waits for the next, and nothing is left', async () => {
  const { asked, writer } = stand();
  const first = writer.update(change('a'));
  await turn();
  await turn();
  const more = ['b', 'c'].map((id) => writer.update(change(id)));
  assert.deepEqual(await Promise.all([first, ...more]), [true, true, true]);
  assert.equal(await writer.update(change('d')), true);
  assert.deepEqual(asked, [['a.2'], ['b.2', 'c.2'], ['d.2']]);
});

test('while each turn brings others they are gathered, but not for ever; who comes alone is written after one turn', async () => {
  const { asked, writer } = stand();
  const alone = writer.update(change('alone'));
  await turn();
  await Promise.resolve();
  assert.deepEqual(asked, [['alone.2']]);
  await alone;
  asked.length = 0;
  const all: Promise<boolean>[] = [];
  for (let i = 0; i < 40; i += 1) {
    // Two in each turn: nobody can tell whether there is an end to it.
    all.push(writer.update(change(`a${i}`)), writer.update(change(`b${i}`)));
    await turn();
  }
  await Promise.all(all);
  const sizes = asked.map((each) => each.length);
  assert.equal(
    sizes.reduce((sum, each) => sum + each, 0),
    80,
  );
  assert.ok((sizes[0] ?? 0) >= 4 && sizes.every((each) => each <= 30), String(sizes));
});

test('one jar stands once in what is written: of two changes each is told the truth', async () => {
  const { asked, writer } = stand();
  await Promise.all([change('a'), change('b'), change('a', 3)].map((each) => writer.update(each)));
  assert.deepEqual(asked, [['a.2', 'b.2'], ['a.3']]);
});

test('at the limit of jars or of their size the rest is another transaction; one that is too large goes alone', async () => {
  const { asked, writer } = stand();
  await Promise.all(Array.from({ length: 1001 }, (_, i) => writer.update(change(`j${i}`))));
  assert.deepEqual(
    asked.map((each) => each.length),
    [500, 500, 1],
  );
  asked.length = 0;
  const large = 'y'.repeat(3 * 1024 * 1024);
  await Promise.all([
    writer.update(change('p', 2, large + large)),
    ...['q', 'r'].map((id) => writer.update(change(id, 2, large))),
  ]);
  assert.deepEqual(asked, [['p.2'], ['q.2'], ['r.2']]);
});

test('a store that fails rejects whoever waited for it, and nobody after', async () => {
  const { writer, fail } = stand();
  fail(true);
  const both = await Promise.allSettled(['a', 'b'].map((id) => writer.update(change(id))));
  assert.deepEqual(
    both.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  fail(false);
  assert.equal(await writer.update(change('a')), true);
});
