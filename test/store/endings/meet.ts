import './quick-passwords.ts';
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Kind } from './databases.ts';
import type { Places, Serial } from './judge.ts';
import type { Lane } from './lane.ts';
import type { Where } from './plan.ts';
import type { Pair, Theatre } from './theatre.ts';

const { judge, judgeSerial } = await import('./judge.ts');
const { Meeting } = await import('./meeting.ts');
const { alone, chosen, ofApps, placesIn, serialOf } = await import('./plan.ts');
const { pairsOf, theatreOf } = await import('./theatre.ts');

/** Set to `all`: every pair, at every place, on both databases. */
const WHOLE = process.env['SALLYPORT_MEETINGS'] === 'all';

/**
 * Outside of transactions both databases hold the same, so that one of them is enough there. Within, SQLite lets nobody
 * else begin to write; what PostgreSQL lets in is the matter of locks.
 */
const PLACES: Readonly<Record<Kind, Places>> = WHOLE
  ? { sqlite: 'all', postgres: 'all' }
  : { sqlite: 'outside of transactions', postgres: 'within transactions' };

/** Far longer than it takes, on a machine that does much else too. */
const TIMEOUT_MS = WHOLE ? 4 * 3_600_000 : 900_000;

interface Judged {
  readonly wrong: readonly string[];
  readonly cells: number;
}

async function judgePair(theatre: Theatre, lane: Lane, where: Where, [pair, serial]: [Pair, Serial]): Promise<Judged> {
  const stage = theatre.stage(where.source);
  const { ending } = pair;
  const meeting = new Meeting({ lane, world: theatre.world, stage }, pair);
  const places = await placesIn(theatre, where, pair, serial, PLACES[where.kind]);
  const beside = await ofApps(theatre, where, pair);
  const serially = where.kind === 'sqlite' ? judgeSerial(serial, ending, stage) : [];
  const { wrong, cells } = await judge(meeting, { stage, ending, serial, places, ofApps: beside });
  return { wrong: [...serially, ...wrong], cells };
}

/** What the two do by turns; a pair that fails there has no other place in the table. */
async function byTurns(theatre: Theatre, { source }: Where, pairs: readonly Pair[], wrong: string[]) {
  const serials: [Pair, Serial][] = [];
  await theatre.each({ kind: 'sqlite', source }, pairs, async (lane, pair) => {
    await serialOf(theatre, lane, source, pair).then(
      (serial) => serials.push([pair, serial]),
      (cause: unknown) => wrong.push(`${pair.name}, by turns: ${String(cause)}`),
    );
  });
  return serials;
}

/** The tests of one kind of database. */
export function meetOn(kind: Kind): void {
  for (const source of ['app', 'local'] as const)
    test(`${kind}, ${source} passwords: whatever ends access, wherever an operation stands still, comes before it or after it`, {
      timeout: TIMEOUT_MS,
    }, async (t) => {
      const theatre = await theatreOf();
      const where = { kind, source };
      // First: they are asked for while others are done.
      for (const on of ['sqlite', kind] as const) await alone(theatre, { kind: on, source });
      const pairs = WHOLE ? pairsOf(source) : await chosen(theatre, source);
      const wrong: string[] = [];
      let cells = 0;
      await theatre.each(where, await byTurns(theatre, where, pairs, wrong), async (lane, each) => {
        const judged = await judgePair(theatre, lane, where, each).catch((cause: unknown) => ({
          wrong: [String(cause)],
          cells: 0,
        }));
        cells += judged.cells;
        wrong.push(...judged.wrong.map((what) => `${each[0].name}: ${what}`));
      });
      t.diagnostic(`${pairs.length} pairs of ${pairsOf(source).length}, ${cells} cells`);
      assert.deepEqual(wrong, []);
    });
}
