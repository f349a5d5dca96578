import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compareAll } from '../../bench/estate/compare/compare.ts';
import { askCommand } from '../../bench/estate/compare/said.ts';
import { make } from '../../bench/estate/make/make.ts';
import { type Place, PORTS, type Ports } from '../../bench/estate/make/place.ts';
import { lookPast, STRANGERS } from '../../bench/estate/origin/found.ts';
import { planOf } from '../../bench/estate/plan/plan.ts';
import { DAY, type Plan } from '../../bench/estate/plan/types.ts';
import { truthAt } from '../../bench/estate/truth/truth.ts';
import { folder, freePort } from '../support/process.ts';

const WISH = { seed: 5, accounts: 100, to: Math.floor(Date.now() / DAY) * DAY, days: 60 };

async function place(t: TestContext): Promise<Place> {
  const ports: [string, number][] = [];
  for (const name of PORTS) ports.push([name, await freePort()]);
  // The names are those of the type.
  return { folder: folder(t), postgres: null, ports: Object.fromEntries(ports) as Ports };
}

const planned = (): Plan => planOf({ ...WISH, days: 365 });

test('the report says what was planned: every cell of an estate made through the product, on 60 past days and today', async (t) => {
  const at = await place(t);
  const plan = planned();
  await make(at, plan);
  assert.deepEqual(await lookPast(at, plan), []);
  const { open: app } = plan;
  const strangers = STRANGERS.length;
  const today = {
    now: Date.now(),
    found: [{ app, by: 'address', strangers } as const, { app, by: 'log', strangers } as const],
  };
  const said: string[] = [];
  const count = await compareAll({ ...WISH, place: at }, plan, today, (line) => said.push(line));
  assert.equal(count, 0, said.join('\n'));
  assert.match(said.at(-1) ?? '', /61 moments: the report says what was planned/);
  assert.deepEqual(await askCommand(at, plan), []);
  // A plan of which one thing was otherwise is another truth.
  const steps = plan.steps.map((step) => (step.do === 'invite' ? { ...step, hours: step.hours + 1 } : step));
  assert.ok((await compareAll({ ...WISH, place: at, days: 20 }, { ...plan, steps }, today, () => {})) > 0);
});

test('the truth is derived from the plan alone: neither knows anything of the product', () => {
  const root = fileURLToPath(new URL('../../bench/estate/', import.meta.url));
  const files = ['plan', 'truth'].flatMap((room) =>
    readdirSync(join(root, room)).map((name) => join(root, room, name)),
  );
  assert.ok(files.length >= 9);
  for (const file of files) {
    const imported = [...readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)].map(([, from]) => from ?? '');
    assert.deepEqual(
      imported.filter((from) => !/^(?:\.|\.\.\/plan)\/[a-z]+\.ts$/.test(from)),
      [],
      file,
    );
  }
});

test('the same seed is the same year, and each of its classes of cells is there', () => {
  const plan = planned();
  assert.deepEqual(plan, planned());
  assert.notDeepEqual(plan.steps, planOf({ ...WISH, seed: 6, days: 365 }).steps);
  const classes = new Set<string>();
  const moments = Array.from({ length: 365 }, (_, day) => plan.from + (day + 1) * DAY);
  for (const day of truthAt(plan, moments))
    for (const { cells } of day.accounts.values())
      for (const cell of cells.values()) classes.add(`${cell.class} ${cell.why ?? ''}`.trim());
  assert.deepEqual([...classes].sort(), [
    'barred not-of-organisation',
    'disabled',
    'none guessed-out',
    'none no-factor',
    'none too-weak',
    'protected',
    'protected recovery-codes-only',
    'removed',
    'waiting guessed-out',
    'waiting no-factor',
    'waiting too-weak',
  ]);
});
