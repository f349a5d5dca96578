import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../command.ts';
import { logOf, type Place } from '../make/place.ts';
import type { Plan } from '../plan/types.ts';
import { truthAt } from '../truth/truth.ts';
import { startRota } from './app.ts';

interface Checked {
  readonly findings: readonly { readonly address: string; readonly verdict: string }[];
}

interface LogRead {
  readonly by: string;
  readonly requests: number;
  readonly ours: number;
  readonly past: number;
  readonly unreadable: number;
  readonly groups: readonly { readonly why: string; readonly user: string | null; readonly requests: number }[];
}

/** The log of the app: everybody who came through the gate is known by the id of their requests, and one did not. */
async function inTheLog(place: Place, plan: Plan): Promise<string[]> {
  const read = await command<LogRead>(place, 'origin', 'log', logOf(place), '--app', plan.open);
  const gone = plan.steps.flatMap((step) => (step.do === 'go-past' ? [step.times + 1] : []));
  const visits = plan.steps.filter((step) => step.do === 'visit').length;
  const past = gone.reduce((sum, each) => sum + each, 0);
  const who = [...new Set(read.groups.map(({ user, why }) => `${user} (${why})`))];
  const faults = [
    ...(read.by === 'id' && read.unreadable === 0 ? [] : ['the log could not be read by the ids of its requests']),
    // Each visit is a sign-in, a question who is there, and a page.
    ...(read.ours === 3 * visits
      ? []
      : [`${read.ours} requests came through the gate, and ${3 * visits} were planned`]),
    ...(read.past === past ? [] : [`${read.past} requests came past the gate, and ${past} were planned`]),
    ...(who.join() === `${plan.past.who} (no id)` ? [] : [`those past the gate were ${who.join(', ')}`]),
  ];
  return faults.map((fault) => `origin log: ${fault}`);
}

/** The address at which the app answers others, while it does. */
async function atTheOrigin(place: Place, plan: Plan): Promise<string[]> {
  const { rota: own, open } = place.ports;
  const rota = await startRota({ ports: [own, open], log: null, now: Date.now });
  try {
    const { findings } = await command<Checked>(place, 'origin', 'check', '--app', plan.open);
    const failed = findings.filter(({ verdict }) => verdict === 'fail').map(({ address }) => address);
    const found = failed.length === 1 && failed[0] === `127.0.0.1:${open}`;
    return found ? [] : [`origin check: found open: ${failed.join(', ') || 'nothing'}`];
  } finally {
    await rota.close();
  }
}

interface Reconciled {
  readonly counts: Readonly<Record<string, number>>;
  readonly rows: readonly { readonly name: string; readonly class: string }[];
}

/** Accounts of the app's own that nobody here knows. */
export const STRANGERS = ['rota-temp1', 'rota-temp2'];

/** The app's own list: everybody who is here, and two more. Who never came here is told, whoever goes past the gate among them. */
async function inTheList(place: Place, plan: Plan): Promise<string[]> {
  const [day] = truthAt(plan, [Date.now()]);
  const present = [...(day?.accounts.values() ?? [])].filter(({ goneAt }) => goneAt === null);
  const file = join(place.folder, 'rota-accounts.csv');
  writeFileSync(file, ['account', ...present.map(({ who }) => who), ...STRANGERS, ''].join('\n'));
  const { counts, rows } = await command<Reconciled>(place, 'reconcile', file, '--app', plan.open);
  const enabled = present.filter(({ disabledAt }) => disabledAt === null);
  const enrolled = enabled.filter(({ devices }) => devices.some(({ endedAt }) => endedAt === null)).length;
  const sum = (...classes: string[]) => classes.reduce((total, each) => total + (counts[each] ?? 0), 0);
  const past = rows.find(({ name }) => name === plan.past.who)?.class;
  const looked: readonly (readonly [what: string, planned: unknown, said: unknown])[] = [
    ['unknown here', STRANGERS.length, sum('unknown')],
    ['disabled', present.length - enabled.length, sum('disabled')],
    ['enrolled', enrolled, sum('used', 'unused')],
    ['not enrolled', enabled.length - enrolled, sum('invited', 'never-came')],
    ['gone from the app', 0, sum('gone')],
    [plan.past.who, 'never-came', past],
  ];
  return looked.flatMap(([what, planned, said]) =>
    planned === said ? [] : [`reconcile: ${what}: planned ${planned}, said ${said}`],
  );
}

/** Whether the commands find the origin that is open and the account that uses it; what they do not find, in sentences. */
export async function lookPast(place: Place, plan: Plan): Promise<readonly string[]> {
  return [...(await inTheLog(place, plan)), ...(await atTheOrigin(place, plan)), ...(await inTheList(place, plan))];
}
