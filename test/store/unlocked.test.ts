import './endings/quick-passwords.ts';
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Places } from './endings/judge.ts';
import type { Lane } from './endings/lane.ts';
import type { Where } from './endings/plan.ts';
import type { Source } from './endings/table.ts';
import type { Pair, Theatre } from './endings/theatre.ts';
import type { Removal } from './endings/unlocked.ts';

const { together } = await import('./endings/footprint.ts');
const { judge, placesOf } = await import('./endings/judge.ts');
const { Meeting } = await import('./endings/meeting.ts');
const { OPERATIONS } = await import('./endings/operations.ts');
const { alone, chosen, ofApps, serialOf } = await import('./endings/plan.ts');
const { theatreOf } = await import('./endings/theatre.ts');
const { WITHOUT_LOCK, WITHOUT_TRANSACTION } = await import('./endings/unlocked.ts');

interface Trial {
  readonly kind: 'sqlite' | 'postgres';
  readonly removal: Removal;
  readonly places: Places;
  /** Operations that need nothing of it, each with its reason. */
  readonly spared: Readonly<Record<string, string>>;
}

const CHALLENGE = 'one INSERT, of what opens nothing by itself';
const ONE_UPDATE = 'one conditional UPDATE of an enrolment that still waits';
const ONE_WRITE = 'one write, which is the same before and after whatever ends something';

const SPARED = {
  'a wrong code': 'counts, in any order',
  'a passkey is asked for, of whoever comes': CHALLENGE,
  'a passkey is asked for': CHALLENGE,
  'a passkey is asked for, to confirm': CHALLENGE,
  'a passkey is asked for, to be added': CHALLENGE,
  'a held answer is given out': 'one DELETE',
  'a jar is kept': 'a transaction of the store’s own, which locks the session',
  'a secret is made': ONE_UPDATE,
  'a secret is forgotten': ONE_UPDATE,
  'more time is asked for': ONE_UPDATE,
  'a factor is renamed': ONE_WRITE,
  'a session is looked up': 'reads',
  'an account is enabled': ONE_WRITE,
  'a role is given': ONE_WRITE,
  'an account is moved': ONE_WRITE,
  'an alias is taken away': 'one DELETE',
} as const;

const TAKES = 'first takes what it needs by one conditional statement, which whoever ends it takes too';

/** Guarded twice: the lock keeps the order in which rows are taken, and what is judged beside. */
const SPARED_LOCK = {
  ...SPARED,
  'a sign-in by code': TAKES,
  'a sign-in by passkey': TAKES,
  'a confirmation by code': TAKES,
  'a confirmation by passkey': TAKES,
  'a held answer is released': TAKES,
  'a ticket is opened': TAKES,
  'a password is set': TAKES,
  'a code app is added': TAKES,
  'a passkey is added': TAKES,
  'an enrolment is finished': TAKES,
  'a first request is admitted': 'takes no lock of an account; one conditional UPDATE of a session',
} as const;

const TRIALS: Readonly<Record<string, Trial>> = {
  'its transaction': {
    kind: 'sqlite',
    removal: WITHOUT_TRANSACTION,
    places: 'outside of transactions',
    spared: SPARED,
  },
  'the lock of its account': {
    kind: 'postgres',
    removal: WITHOUT_LOCK,
    places: 'that matter',
    spared: SPARED_LOCK,
  },
};

/** Whether the table tells: some place of the operation, without what was taken away, comes out wrong. */
async function tells(theatre: Theatre, lane: Lane, where: Where, pair: Pair, { removal, places }: Trial) {
  const { world } = theatre;
  const stage = theatre.stage(where.source);
  const serial = await serialOf(theatre, lane, where.source, pair);
  const meeting = new Meeting({ lane, world, stage }, pair, removal);
  const { operation } = await meeting.serial('operation');
  const ended = { steps: [together(serial.before.ending.steps), together(serial.after.ending.steps)], spans: [] };
  const judged = await judge(meeting, {
    stage,
    ending: pair.ending,
    serial,
    places: placesOf(operation, ended, places, false),
    ofApps: await ofApps(theatre, where, pair),
    first: true,
    // What the database refuses when it is asked in the wrong order is no answer of the product either.
  }).catch((cause: unknown) => ({ wrong: [String(cause)] }));
  return judged.wrong.length > 0;
}

/** From both sides: either what ends the most, or what ends one thing, tells the soonest. */
function fromBothSides<T>(all: readonly T[]): T[] {
  const half = Math.ceil(all.length / 2);
  const back = all.slice(half).reverse();
  return all.slice(0, half).flatMap((each, i) => [each, ...back.slice(i, i + 1)]);
}

/** Its pairs, by operation. */
async function operationsAt(theatre: Theatre, source: Source, spared: Trial['spared']) {
  const by = Map.groupBy(await chosen(theatre, source), ({ what }) => what);
  const tried = [...by].filter(([what]) => !(what in spared));
  // What is done at both kinds of app is tried at the one that checks the password itself; there a name alone begins nothing.
  const here = (what: string) => what === 'a sign-in is begun' || OPERATIONS[what]?.at.includes('app') !== true;
  return tried.filter(([what]) => here(what) === (source === 'local'));
}

for (const [what, trial] of Object.entries(TRIALS))
  for (const source of ['app', 'local'] as const)
    test(`${source} passwords: the table tells of every operation without ${what}`, async (t) => {
      const theatre = await theatreOf();
      const where = { kind: trial.kind, source };
      await alone(theatre, { kind: 'sqlite', source });
      await alone(theatre, where);
      const operations = await operationsAt(theatre, source, trial.spared);
      const untold: string[] = [];
      await theatre.each(where, operations, async (lane, [name, pairs]) => {
        for (const pair of fromBothSides(pairs))
          if (await tells(theatre, lane, where, pair, trial)) return t.diagnostic(`${name}: ${pair.how}`);
        untold.push(name);
      });
      t.diagnostic(`${operations.length} operations`);
      assert.deepEqual(untold, []);
    });
