import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import { UNCHANGED } from '../operations/types.ts';
import { inForce } from '../sessions/lock-down.ts';
import type { LockDownRow } from '../store/types.ts';
import { administration, type Managing } from './administration.ts';
import { query } from './query.ts';
import { needsSecond } from './second.ts';

const MINUTE = 60_000;
const SHORTEST = MINUTE;
const LONGEST = 30 * 24 * 60 * MINUTE;
const LONGEST_REASON = 200;

/** One line; nothing in it changes the direction of what stands around it. */
const LINE = /^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u;

/** A lock-down as it is shown. Moments in ms; `until` null: until it is ended. */
const lockDownView = z.strictObject({
  reason: z.string(),
  begunAt: z.number(),
  /** null: somebody whom the asker may not know of. */
  begunBy: z.string().nullable(),
  until: z.number().nullable(),
});
export type LockDownView = Readonly<z.infer<typeof lockDownView>>;

/** A reason that people can read. Throws `usage`. */
function needReason(typed: string): string {
  const reason = typed.trim();
  if (reason === '' || reason.length > LONGEST_REASON || !LINE.test(reason) || !reason.isWellFormed())
    throw new SallyportError('usage', `the reason is one line of 1 to ${LONGEST_REASON} characters`);
  return reason;
}

/** Throws `usage` for an end that is too near or too far. */
function checkUntil(until: number | null, now: number): void {
  if (until !== null && !(until >= now + SHORTEST && until <= now + LONGEST))
    throw new SallyportError('usage', 'a lock-down that has an end lasts between 1 minute and 30 days');
}

/** Where ending one wants two persons, nobody ends it by another that is over sooner. Throws `forbidden`. */
function needAsLong(ctx: Managing, stands: LockDownRow | null, until: number | null): void {
  if (stands === null || until === null || !needsSecond(ctx, 'lock-down.end')) return;
  if (stands.until === null || until < stands.until)
    throw new SallyportError(
      'forbidden',
      'ending a lock-down wants a second person here: the one that stands is longer',
    );
}

/**
 * Begins a lock-down, in place of one that stands: no new session is opened but those of administrators. Throws `usage`, `forbidden`
 * for one that is over sooner, where ending wants two persons.
 */
export const beginLockDown = administration({
  name: 'lock-down.begin',
  does: 'closes signing in for everybody but administrators; sessions that are live go on',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'everything', fresh: true },
  http: 'POST /lock-down',
  input: z.strictObject({
    /** For everybody who would sign in. */
    reason: z.string(),
    /** Moment of its end, ms; null: when it is ended. */
    until: z.number().nullable(),
  }),
  output: lockDownView,
  lock: 'apps',
  records: ['lock-down.begin'],
  find({ ctx, input }) {
    checkUntil(input.until, ctx.clock.now());
    return { apps: 'all' as const, reason: needReason(input.reason) };
  },
  async run({ tx, ctx, given: { reason }, input: { until }, now }) {
    needAsLong(ctx, inForce(await tx.lockDown.current(), now), until);
    const row: LockDownRow = { reason, begunAt: now, begunBy: ctx.actor, until };
    await tx.lockDown.begin(row);
    const detail = { reason, until: until === null ? 'ended' : new Date(until).toISOString() };
    return { value: row, record: [{ kind: 'lock-down.begin', detail }] };
  },
});

/** Ends the lock-down; answers with the one that stood, or null where there was none. */
export const endLockDown = administration({
  name: 'lock-down.end',
  does: 'opens signing in again',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'everything', fresh: true },
  http: 'DELETE /lock-down',
  input: z.strictObject({}),
  output: lockDownView.nullable(),
  lock: 'apps',
  records: ['lock-down.end'],
  find: () => ({ apps: 'all' as const }),
  async run({ tx, now }) {
    const ended = inForce(await tx.lockDown.end(), now);
    if (ended === null) return { value: null, record: UNCHANGED };
    const { reason, begunAt } = ended;
    const detail = { reason, begun: new Date(begunAt).toISOString() };
    return { value: ended, record: [{ kind: 'lock-down.end', detail }] };
  },
});

/** The lock-down in force; null: none. */
export const showLockDown = query({
  name: 'lock-down.show',
  does: 'whether signing in is closed: why, since when, by whom, until when',
  needs: { roles: ['owner', 'administrator', 'help-desk', 'auditor'], of: 'reach' },
  http: 'GET /lock-down',
  input: z.strictObject({}),
  output: lockDownView.nullable(),
  async read({ store, clock, reach }) {
    const row = inForce(await store.lockDown.current(), clock.now());
    return row === null || reach === 'all' ? row : { ...row, begunBy: null };
  },
});
