import assert from 'node:assert/strict';
import test from 'node:test';
import type { EntryView } from '../../../src/manage/entry-view.ts';
import { MOST, StreamPlaces } from '../../../src/web/console/live/places.ts';
import { RecordTail, type TailParts } from '../../../src/web/console/live/tail.ts';

const entry = (seq: number): EntryView => ({
  seq,
  at: seq,
  kind: 'session.open',
  outcome: 'ok',
  actor: 'system',
  by: null,
  accountId: null,
  account: null,
  sessionId: null,
  appId: null,
  source: null,
  detail: {},
});

const QUICK = { look: 1, late: 0, beat: 60_000 };

/** A record in memory; `hidden`: numbers that were given and are not yet written. */
function record(size: number) {
  const seqs = Array.from({ length: size }, (_, i) => i + 1);
  const hidden = new Set<number>();
  const asked: number[] = [];
  let head = size;
  let ended = 0;
  const parts: TailParts = {
    ask: async (after) => {
      asked.push(after);
      const rows = seqs.filter((seq) => seq > after && !hidden.has(seq)).reverse();
      return { rows: rows.slice(0, 500).map(entry), more: rows.length > 500 };
    },
    head: async () => head,
    show: ({ seq }) => `<tr>${seq}\n</tr>`,
    since: null,
    over: () => false,
    ended: () => {
      ended += 1;
    },
  };
  return {
    parts,
    asked,
    hidden,
    ended: () => ended,
    write: (...more: number[]) => {
      seqs.push(...more);
      head = Math.max(head, ...more);
    },
  };
}

interface Told {
  readonly seqs: readonly number[];
  readonly many: boolean;
  readonly ids: readonly number[];
}

function read(piece: Buffer | null): Told {
  const text = String(piece ?? '');
  assert.ok(text.endsWith('\n\n'));
  const numbers = (expression: RegExp) => [...text.matchAll(expression)].map(([, seq]) => Number(seq));
  return { seqs: numbers(/"seq":(\d+)/g), many: text.includes('event: many\n'), ids: numbers(/^id: (\d+)$/gm) };
}

test('what is new is told once, oldest first, each by its number', async () => {
  const { parts, write, asked } = record(3);
  const tail = new RecordTail(parts, QUICK);
  assert.match(String(await tail.next()), /^retry: \d+\n\n$/);
  write(4, 5);
  assert.deepEqual(read(await tail.next()), { seqs: [4, 5], many: false, ids: [4, 5] });
  write(6);
  assert.deepEqual(read(await tail.next()).seqs, [6]);
  assert.ok(
    asked.every((after) => after >= 3),
    'nothing of before is asked for',
  );
  tail.stop();
});

test('an entry that is written after one of a later number is not left out, nor anything told twice', async () => {
  const { parts, write, hidden } = record(1);
  const tail = new RecordTail(parts, { ...QUICK, late: 60_000 });
  await tail.next();
  hidden.add(2);
  write(2, 3);
  assert.deepEqual(read(await tail.next()).seqs, [3]);
  hidden.delete(2);
  assert.deepEqual(read(await tail.next()).seqs, [2]);
  write(4);
  assert.deepEqual(read(await tail.next()).seqs, [4]);
  tail.stop();
});

test('a stream is taken up after the last entry that was seen, with some before it', async () => {
  const { parts } = record(1000);
  const near = read(await new RecordTail({ ...parts, since: 990 }, QUICK).next());
  assert.ok([991, 995, 1000].every((seq) => near.seqs.includes(seq)));
  assert.equal(near.seqs.length, 100);
  const ahead = read(await new RecordTail({ ...parts, since: 10 ** 14 }, QUICK).next());
  assert.equal(ahead.seqs.at(-1), 1000, 'a number that there never was leads nowhere else');
});

test('more than is sent is told as such: at once, while a flood lasts, and after a long absence', async () => {
  const { parts, write } = record(10);
  const tail = new RecordTail(parts, QUICK);
  await tail.next();
  write(...Array.from({ length: 101 }, (_, i) => 11 + i));
  const flood = read(await tail.next());
  assert.deepEqual([flood.many, flood.seqs.length, flood.seqs[0], flood.seqs.at(-1)], [true, 100, 12, 111]);
  write(...Array.from({ length: 100 }, (_, i) => 112 + i));
  const exactly = read(await tail.next());
  assert.deepEqual([exactly.many, exactly.seqs.length], [false, 100]);
  tail.stop();
  const long = record(60_000);
  const far = new RecordTail({ ...long.parts, since: 9_999 }, QUICK);
  assert.deepEqual(read(await far.next()), { seqs: [], many: true, ids: [] });
  assert.deepEqual(long.asked, [60_000]);
  far.stop();
});

test('in silence something is said, so that a dead connection is found out', async () => {
  const tail = new RecordTail(record(1).parts, { ...QUICK, beat: 0 });
  await tail.next();
  assert.equal(String(await tail.next()), ': still here\n\n');
  tail.stop();
});

test('it ends when it is stopped, when what allowed it is over, and when nothing more may be told; once', async () => {
  const stopped = record(1);
  const tail = new RecordTail(stopped.parts, { ...QUICK, look: 3_600_000 });
  await tail.next();
  const next = tail.next();
  tail.stop();
  tail.stop();
  assert.equal(await next, null);
  assert.equal(stopped.ended(), 1);

  const over = record(1);
  let ended = false;
  const session = new RecordTail({ ...over.parts, over: () => ended }, QUICK);
  await session.next();
  ended = true;
  over.write(2);
  await assert.rejects(session.next(), /sign-in-required|ended meanwhile/);
  assert.equal(over.ended(), 1);

  const judged = record(1);
  let may = true;
  const ask: TailParts['ask'] = async (after) => {
    if (!may) throw new Error('forbidden');
    return judged.parts.ask(after);
  };
  const role = new RecordTail({ ...judged.parts, ask }, QUICK);
  await role.next();
  may = false;
  judged.write(2);
  await assert.rejects(role.next(), /forbidden/);
  assert.equal(judged.ended(), 1);
});

test('what ended while it was looked for is not told', async () => {
  const { parts, write } = record(1);
  let ended = false;
  const ask: TailParts['ask'] = async (after) => {
    const found = await parts.ask(after);
    ended = found.rows.length > 0;
    return found;
  };
  const tail = new RecordTail({ ...parts, ask, over: () => ended }, QUICK);
  await tail.next();
  write(2);
  await assert.rejects(tail.next(), /ended meanwhile/);
});

test('little is kept of what was sent, however long it goes on', async () => {
  const { parts, write, asked } = record(1);
  const tail = new RecordTail(parts, QUICK);
  await tail.next();
  for (let seq = 2; seq < 400; seq += 1) {
    write(seq);
    await tail.next();
  }
  assert.ok((asked.at(-1) ?? 0) > 390, 'it moves on');
  tail.stop();
});

test('places are given to so many of a session, of an account and on a node, and no more', () => {
  const busy = { code: 'busy' };
  const places = new StreamPlaces();
  const own = Array.from({ length: MOST.session }, () => places.take({ session: 'a', account: 'ada' }));
  assert.throws(() => places.take({ session: 'a', account: 'ada' }), busy);
  for (let i = MOST.session; i < MOST.account; i += 1) places.take({ session: `a${i}`, account: 'ada' });
  assert.throws(() => places.take({ session: 'b', account: 'ada' }), busy);
  for (let i = MOST.account; i < MOST.node; i += 1) places.take({ session: `s${i}`, account: `p${i}` });
  assert.equal(places.size, MOST.node);
  assert.throws(() => places.take({ session: 'new', account: 'new' }), busy);
  for (const leave of own) {
    leave();
    leave();
  }
  assert.equal(places.size, MOST.node - MOST.session);
  places.take({ session: 'new', account: 'new' });
});
