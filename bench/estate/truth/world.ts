import type { ConfigurationPlan, Deed, Joining, Restriction, Step } from '../plan/types.ts';
import { type Account, happened, joined } from './account.ts';

export interface Organisation {
  /** As it is called now; the plan knows it by its first name. */
  name: string;
  restriction: Restriction;
}

/** The estate as the plan has it so far. */
export interface World {
  readonly accounts: Map<string, Account>;
  readonly organisations: Map<string, Organisation>;
  configuration: { readonly said: ConfigurationPlan; readonly text: string; readonly at: number } | null;
  closed: { readonly reason: string; readonly until: number } | null;
}

export const newWorld = (): World => ({
  accounts: new Map(),
  organisations: new Map(),
  configuration: null,
  closed: null,
});

const FREE: Restriction = { require: null, apps: null };

function joins(world: World, people: readonly Joining[], at: number): void {
  for (const person of people) world.accounts.set(person.who, joined(person, at));
}

function organisation(world: World, name: string): Organisation {
  const known = world.organisations.get(name);
  if (known === undefined) throw new Error(`the plan has no organisation ${name} by then`);
  return known;
}

function general(world: World, deed: Deed, at: number): void {
  switch (deed.do) {
    case 'configuration':
      world.configuration = { said: deed.said, text: deed.text, at };
      break;
    case 'organisation':
      world.organisations.set(deed.name, { name: deed.name, restriction: FREE });
      break;
    case 'rename-organisation':
      organisation(world, deed.name).name = deed.to;
      break;
    case 'restrict':
      organisation(world, deed.organisation).restriction = deed.restriction;
      break;
    case 'import':
      joins(world, deed.people, at);
      break;
    case 'join':
      joins(world, [deed.person], at);
      break;
    case 'lock-down':
      world.closed = { reason: deed.reason, until: deed.until };
      break;
    case 'lock-down-over':
      world.closed = null;
      break;
    default:
  }
}

/** Lets a step happen. */
export function follow(world: World, { at, ...deed }: Step): void {
  general(world, deed, at);
  if (!('who' in deed)) return;
  const account = world.accounts.get(deed.who);
  if (account === undefined) throw new Error(`the plan has no ${deed.who} by then`);
  happened(account, deed, at);
}
