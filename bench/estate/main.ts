import { mkdirSync } from 'node:fs';
import { compareAll } from './compare/compare.ts';
import { askCommand } from './compare/said.ts';
import { make } from './make/make.ts';
import { fileOf, logOf } from './make/place.ts';
import { lookPast, STRANGERS } from './origin/found.ts';
import { planOf } from './plan/plan.ts';
import { DAY, type Plan } from './plan/types.ts';
import { checkPlan, Misused, madeIn, readWish, remember, USAGE, type Wish } from './wish.ts';

/**
 * `npm run estate`: a year of an estate, made through the product itself by a moved clock, and the report held against what was planned,
 * cell by cell. Exit 0: they are the same. 1: they are not, or it could not be made. 2: not understood.
 */

const YEAR = 365;
const say = (text = ''): void => void process.stdout.write(`${text}\n`);
const note = (text: string): void => void process.stderr.write(`${text}\n`);
const number = (n: number): string => n.toLocaleString('en');
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

async function makeIt(wish: Wish, plan: Plan): Promise<void> {
  mkdirSync(wish.place.folder, { recursive: true });
  const began = performance.now();
  let month = '';
  await make(wish.place, plan, (done, of, at) => {
    const now = dayOf(at).slice(0, 7);
    if (now !== month) note(`${dayOf(at)}  ${number(done)} of ${number(of)} steps`);
    month = now;
  });
  remember(wish, plan);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  say(
    `${number(plan.steps.length)} steps of ${number(wish.accounts)} accounts were made in ${seconds} s, in ${wish.place.folder}.`,
  );
}

function invite({ place }: Wish, plan: Plan): void {
  const config = `--config ${fileOf(place)}`;
  say(`\nPlay with it:
  npm run sallyport -- coverage ${config} --at ${dayOf(plan.to - 120 * DAY)}
  npm run sallyport -- audit verify ${config}
  npm run sallyport -- origin log ${logOf(place)} --app ${plan.open} ${config}
  npm start -- ${config}`);
}

async function run(argv: readonly string[]): Promise<number> {
  const asked = readWish(argv, Date.now());
  const made = madeIn(asked.place);
  const wish = { ...asked, ...made, days: asked.days };
  const plan = planOf({ ...wish, days: YEAR });
  if (made !== undefined) checkPlan(wish.place, plan);
  if (made === undefined) await makeIt(wish, plan);
  else
    say(`The estate in ${wish.place.folder} is there already: ${number(wish.accounts)} accounts, seed ${wish.seed}.`);
  const missed = await lookPast(wish.place, plan);
  for (const each of missed) say(each);
  if (missed.length === 0) say(`The way past the gate was found, and ${plan.past.who}, who alone used it.`);
  const { open: app } = plan;
  const strangers = STRANGERS.length;
  const found = [{ app, by: 'address', strangers } as const, { app, by: 'log', strangers } as const];
  const differences = await compareAll(wish, plan, { now: Date.now(), found }, say);
  const otherwise = await askCommand(wish.place, plan);
  for (const each of otherwise) say(each);
  if (differences + missed.length + otherwise.length > 0) return 1;
  invite(wish, plan);
  return 0;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Misused)) throw error;
  note(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
