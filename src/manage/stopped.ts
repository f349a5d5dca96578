import { z } from 'zod';
import type { RollCall } from '../store/types.ts';
import { administration } from './administration.ts';
import { MACHINE } from './authority.ts';
import type { ManageContext } from './context.ts';

/** What was ended, as the entry of its end has it. */
export const STOPPED = ['id', 'account', 'app', 'organisation', 'model', 'all'] as const;

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

/** What the acts end that end sessions and nothing besides. */
export const MEASURED: ReadonlyMap<string, (typeof STOPPED)[number]> = new Map([
  ['session.revoke', 'id'],
  ['session.revoke-of-account', 'account'],
  ['session.revoke-of-app', 'app'],
  ['session.revoke-of-organisation', 'organisation'],
  ['session.revoke-of-model', 'model'],
  ['session.revoke-all', 'all'],
]);

export interface Ended {
  /** Ids of the sessions that ended. */
  readonly done: readonly string[];
  readonly force: RollCall;
}

/**
 * Ends sessions by one of the operations of sessions.ts, waits until that is in force on every node, and puts on record how
 * long it took, and how much was cut: nothing where none was live, or no server runs.
 */
export async function endMeasured(
  ctx: ManageContext,
  what: (typeof STOPPED)[number],
  end: () => Promise<readonly string[]>,
): Promise<Ended> {
  const done = await end();
  const force = await ctx.store.settle();
  const { cut: streams, confirmed, silent } = force;
  if (done.length > 0 && confirmed.length + silent.length > 0) {
    const names = silent.map(({ name }) => name);
    const ms = stoppedAfter(force);
    // What a face does alongside is of the end itself, whose asker may have ended their own session by it.
    const { alongside: _, ...own } = ctx;
    // Whoever might end them might: that it was measured is Sallyport's own to tell, and in no token's list.
    await recordStopped.perform(
      { ...own, authority: MACHINE },
      { what, sessions: done.length, ms, streams, silent: names },
    );
  }
  return { done, force };
}
