import { z } from 'zod';
import type { RollCall } from '../store/types.ts';
import { administration } from './administration.ts';
import { MACHINE } from './authority.ts';
import type { ManageContext } from './context.ts';

/** What was ended, as the entry of its end has it. */
export const STOPPED = [
  'id',
  'account',
  'app',
  'organisation',
  'model',
  'all',
  // Beside what else the act does.
  'disabled',
  'removed',
  'authenticator',
  'role',
] as const;

const form = z.strictObject({
  /** Which sessions. */
  what: z.enum(STOPPED),
  /** How many sessions. */
  sessions: z.int(),
  /** From just before the commit until the last that was open stopped, or, where nothing was open, until it was in force; null: nobody knows. */
  ms: z.number().nullable(),
  /** Requests, streams and sockets that were cut; null: not known. */
  streams: z.int().nullable(),
  /** Nodes that did not answer. */
  silent: z.array(z.string()).readonly(),
});

/** Puts on record, after the fact, how long it took until what ended sessions had open was cut. */
export const recordStopped = administration({
  name: 'session.stopped',
  does: 'puts on record how long it took until the last stream of sessions that were ended had stopped',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator', 'help-desk'], of: 'reach' },
  http: null,
  input: form,
  output: z.void(),
  lock: { none: 'tells of what is done already' },
  records: ['session.stopped'],
  find: () => ({}),
  run({ input: { what, sessions, ms, streams, silent } }) {
    const detail = {
      what,
      sessions,
      ms: ms ?? 'unknown',
      streams: streams ?? 'unknown',
      ...(silent.length === 0 ? {} : { silent: silent.join(', ') }),
    };
    return { value: undefined, record: [{ kind: 'session.stopped', detail }] };
  },
});

/** Until the last that was open stopped; where nothing was, until it was in force. */
export function stoppedAfter({ ms, cut, cutMs }: RollCall): number | null {
  return cut === 0 ? ms : cutMs;
}

/** What is ended by the acts that end sessions, alone or beside something else. */
export const MEASURED: ReadonlyMap<string, (typeof STOPPED)[number]> = new Map([
  ['session.revoke', 'id'],
  ['session.revoke-of-account', 'account'],
  ['session.revoke-of-app', 'app'],
  ['session.revoke-of-organisation', 'organisation'],
  ['session.revoke-of-model', 'model'],
  ['session.revoke-all', 'all'],
  ['account.disable', 'disabled'],
  ['account.remove', 'removed'],
  ['directory.account-set', 'disabled'],
  ['authenticator.remove', 'authenticator'],
  ['role.grant', 'role'],
  ['role.revoke', 'role'],
]);

export interface Ended<T = readonly string[]> {
  /** What the act answers: ids of the sessions that ended, or how many did beside the rest. */
  readonly done: T;
  readonly sessions: number;
  readonly force: RollCall;
}

/** How many sessions ended, as the answers of acts say it. */
function endedBy(done: unknown): number {
  if (Array.isArray(done)) return done.length;
  if (typeof done === 'object' && done !== null && 'sessionsEnded' in done) return Number(done.sessionsEnded);
  throw new TypeError('the answer of an act that is measured says which sessions ended, or how many');
}

/**
 * Ends sessions by an act of `MEASURED`, waits until that is in force on every node, and puts on record how
 * long it took, and how much was cut: nothing where none was live, or no server runs.
 */
export async function endMeasured<T>(
  ctx: ManageContext,
  what: (typeof STOPPED)[number],
  end: () => Promise<T>,
): Promise<Ended<T>> {
  const done = await end();
  const sessions = endedBy(done);
  const force = await ctx.store.settle();
  const { cut: streams, confirmed, silent } = force;
  if (sessions > 0 && confirmed.length + silent.length > 0) {
    const names = silent.map(({ name }) => name);
    const ms = stoppedAfter(force);
    // What a face does alongside is of the end itself, whose asker may have ended their own session by it.
    const { alongside: _, ...own } = ctx;
    // Whoever might end them might: that it was measured is Sallyport's own to tell, and in no token's list.
    await recordStopped.perform({ ...own, authority: MACHINE }, { what, sessions, ms, streams, silent: names });
  }
  return { done, sessions, force };
}
