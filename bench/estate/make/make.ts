import { startRota } from '../origin/app.ts';
import { past, throughTheGate } from '../origin/traffic.ts';
import type { Deed, Plan, Step } from '../plan/types.ts';
import { DESK } from './desk.ts';
import { Estate, MovedClock } from './estate.ts';
import type { Doing, Hands, Of } from './hands.ts';
import { OFFICE } from './office.ts';
import { People } from './people.ts';
import { logOf, type Place } from './place.ts';

/** What people do themselves, and all else. */
const DOING: Doing<Deed['do']> = {
  ...OFFICE,
  ...DESK,
  enrol: ({ people }, { who, app, devices }) => people.enrol(who, app, devices),
  'enrol-half': ({ people }, { who, app, devices }) => people.enrolHalf(who, app, devices),
  'sign-in': ({ people }, { who, app, by }) => people.signIn(who, app, by),
  add: ({ people }, { who, app, by, device }) => people.add(who, app, { by, device }),
  drop: ({ people }, { who, app, by, name }) => people.drop({ who, app, by }, name),
  rename: ({ people }, { who, app, by, to }) => people.rename({ who, app, by }, to),
  'new-codes': ({ people }, { who, app, by }) => people.newCodes(who, app, by),
  visit: ({ estate, people }, { who, by }) => throughTheGate(estate, people, { who, by }),
  'go-past': ({ estate: { place } }, { who, times }) => past(place.ports.open, who, times),
  mistype: ({ people }, { who, app, by }) => people.mistype(who, app, by),
};

async function perform<D extends Deed['do']>(hands: Hands, deed: Of<D> & { readonly do: D }): Promise<void> {
  await (DOING as Doing<D>)[deed.do](hands, deed);
}

export type Progress = (done: number, of: number, at: number) => void;

async function doStep(hands: Hands, step: Step): Promise<void> {
  hands.estate.clock.moveTo(step.at);
  try {
    await perform(hands, step);
  } catch (cause) {
    const said = JSON.stringify(step).slice(0, 300);
    throw new Error(`the product refuses what the plan says: ${new Date(step.at).toISOString()} ${said}`, { cause });
  }
}

/**
 * Makes the estate of a plan in a folder that has none, with the app behind `rota`, whose log is written beside. Rejects at the first step
 * that the product refuses: what the plan says and what has happened are one thing.
 */
export async function make(place: Place, plan: Plan, progress: Progress = () => {}): Promise<void> {
  const [first, ...rest] = plan.steps;
  if (first?.do !== 'configuration') throw new Error('an estate begins with its first configuration');
  const clock = new MovedClock(first.at);
  const ports = [place.ports.rota, place.ports.open];
  const rota = await startRota({ ports, log: logOf(place), now: clock.now });
  try {
    const estate = await Estate.begin(place, clock, first.text);
    try {
      const hands = { estate, people: new People(estate), organisations: new Map(), accounts: new Map() };
      for (const [i, step] of rest.entries()) {
        await doStep(hands, step);
        progress(i + 1, rest.length, step.at);
      }
      clock.moveTo(plan.to);
    } finally {
      await estate.close();
    }
  } finally {
    await rota.close();
  }
}
