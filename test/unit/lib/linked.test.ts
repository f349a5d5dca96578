import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Linked, type Place } from '../../../src/lib/linked.ts';

const values = <T>(list: Linked<T>): T[] => {
  const all: T[] = [];
  list.forEach((value) => {
    all.push(value);
  });
  return all;
};

test('a linked list is what an array would be, whatever joins, leaves and moves', () => {
  const act = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), list: fc.nat(1), at: fc.constant(0) }),
    fc.record({ kind: fc.constant('leave' as const), list: fc.constant(0), at: fc.nat(30) }),
    fc.record({ kind: fc.constant('move' as const), list: fc.nat(1), at: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const lists = [new Linked<number>(), new Linked<number>()] as const;
      let model: [number[], number[]] = [[], []];
      const places: Place<number>[] = [];
      for (const { kind, list, at } of acts) {
        const one = list === 0 ? 0 : 1;
        const other = one === 0 ? 1 : 0;
        if (kind === 'add') {
          model[one].push(places.length);
          places.push(lists[one].add(places.length));
        } else if (kind === 'leave' && at < places.length) {
          const was = model.some((known) => known.includes(at));
          model = [model[0].filter((value) => value !== at), model[1].filter((value) => value !== at)];
          assert.equal(places[at]?.leave(), was);
        } else if (kind === 'move') {
          lists[one].moveTo(lists[other]);
          model[other].push(...model[one]);
          model[one] = [];
        }
        for (const each of [0, 1] as const) {
          assert.deepEqual(values(lists[each]), model[each]);
          assert.equal(lists[each].size, model[each].length);
          assert.equal(lists[each].first, model[each][0]);
        }
      }
    }),
  );
});

test('who leaves while others are visited is not visited, and who joins is not either', () => {
  const list = new Linked<string>();
  list.add('first');
  const second = list.add('second');
  list.add('third');
  const seen: string[] = [];
  list.forEach((value, place) => {
    seen.push(value);
    place.leave();
    second.leave();
    if (value === 'first') list.add('late');
  });
  assert.deepEqual(seen, ['first', 'third']);
  assert.deepEqual(values(list), ['late']);
});

test('one that has left points at nothing, so that nothing dead keeps the living', () => {
  const list = new Linked<number>();
  const places = [1, 2, 3].map((value) => list.add(value));
  for (const place of places) place.leave();
  for (const { list: of, before, after } of places) assert.deepEqual([of, before, after], [null, null, null]);
});
