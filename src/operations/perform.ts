import type { ZodType } from 'zod';
import { checkSource, failSource } from '../accounts/throttle.ts';
import { type AuditEvent, type AuditKind, record, recordAll } from '../audit/audit.ts';
import { recordRefused } from '../audit/ration.ts';
import { SallyportError } from '../errors.ts';
import { isStorable } from '../lib/storable.ts';
import type { NoticeKind } from '../notices/types.ts';
import type { AccountRow, AppsLock, OpenParts, Store } from '../store/types.ts';
import {
  type Act,
  type Asker,
  type Described,
  type Done,
  type Entry,
  type Lock,
  type Operation,
  type Parts,
  type Services,
  type Target,
  type Throttle,
  UNCHANGED,
} from './types.ts';

/** What is asked, of the form that the operation says, or refused. */
function read<I>({ name, who }: Described, schema: ZodType<I>, input: unknown): I {
  const parsed = schema.safeParse(input);
  if (parsed.success && !isStorable(parsed.data))
    throw new SallyportError(
      who === 'administrator' ? 'usage' : 'bad-body',
      `${name}: a text has a character that is none`,
    );
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
  throw new SallyportError(who === 'administrator' ? 'usage' : 'bad-body', `${name}: ${faults.join('; ')}`);
}

function checkOutput({ name }: Described, schema: ZodType, value: unknown): void {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new SallyportError('internal', `the answer of ${name} has another form than it says`);
}

interface Held {
  readonly account?: AccountRow | undefined;
  readonly accounts?: ReadonlyMap<string, AccountRow>;
}

type Work<T> = (tx: OpenParts, held: Held) => Promise<T>;

/** The one place where a transaction is begun. */
function locked<T>(store: Store, lock: Lock, target: object, work: Work<T>): Promise<T> {
  // `Target` of the lock: what `find` answers has it, or its operation does not compile.
  if (lock === 'account')
    return store.underAccount((target as { accountId: string }).accountId, (tx, account) => work(tx, { account }));
  if (lock === 'accounts')
    return store.underAccounts((target as { accountIds: string[] }).accountIds, (tx, accounts) =>
      work(tx, { accounts }),
    );
  if (lock === 'apps') return store.underApps((target as { apps: AppsLock }).apps, (tx) => work(tx, {}));
  return store.transaction((tx) => work(tx, {}));
}

/** The guess first or last as it was judged: a wrong one that has no room must not be told, nor have counted anything. */
async function count(throttle: Throttle | undefined, guess: Throttle['guess'], on: Counting): Promise<void> {
  if (throttle?.guess !== guess || on.by.place == null) return;
  if (guess === 'wrong') await on.by.place.failed(on.tx.throttles, on.now);
  else await on.by.place.passed(on.tx.throttles, on.now);
}

interface Counting {
  readonly tx: OpenParts;
  readonly by: Asker;
  readonly now: number;
}

/** Entries that are handed to the store at a time: of an act that changes many accounts the rest wait. */
const TOGETHER = 100;

/** In the order in which the act says them. */
async function putOnRecord(
  { store, clock }: Services,
  { audit }: OpenParts,
  by: Asker,
  entries: readonly Entry[],
): Promise<void> {
  const { actor, appId = null, source = null } = by;
  let waiting: AuditEvent[] = [];
  const write = async () => {
    const [together, [only, ...more]] = [waiting, waiting];
    waiting = [];
    if (only !== undefined) await (more.length === 0 ? record(audit, clock, only) : recordAll(audit, clock, together));
  };
  for (const { rationed, ...entry } of entries) {
    const event = { outcome: 'ok', actor, appId, source, ...entry } as const;
    if (rationed !== true) waiting.push(event);
    if (rationed === true || waiting.length >= TOGETHER) await write();
    if (rationed === true) await recordRefused({ store, audit, clock }, event);
  }
  await write();
}

/**
 * Does one operation: its input is read, what it is about is found, the lock is taken, `run` judges again and writes, the
 * guess and the source are counted, the owner is told, and last of all, with the announcements of the store, it goes on
 * record: all of it, or nothing. Throws what `find` and `run` throw, `usage` or `bad-body` for an input of another form, and
 * `too-many-attempts`.
 */
export async function perform<
  L extends Lock,
  C extends Services,
  B extends Asker,
  I,
  O,
  G extends Target<L>,
  K extends AuditKind,
  N extends NoticeKind,
>(operation: Operation<L, C, B, I, O, G, K, N>, { ctx, by }: { ctx: C; by: B }, asked: NoInfer<I>): Promise<O> {
  const { lock, throttle } = operation;
  if (by.as !== operation.who) throw new SallyportError('internal', `${operation.name} is not for this asker`);
  const input = read(operation, operation.input, asked);
  if (throttle?.source === 'held off') await checkSource(ctx.store.throttles, by.source ?? '', ctx.clock.now());
  const given = await operation.find({ ctx, by, input });
  return locked(ctx.store, lock, given, async (tx, held) => {
    const now = ctx.clock.now();
    const counting = { tx, by, now };
    await ctx.alongside?.before?.(tx);
    await count(throttle, 'wrong', counting);
    // `locked` has taken the lock of L: the parts are those of L, and the accounts are there when L is.
    const rows = { account: held.account as never, accounts: held.accounts as never };
    const on = { tx: tx as unknown as Parts<L>, ...rows, ctx, by, input, given, now };
    const done: Done<O> = await operation.run(on);
    checkOutput(operation, operation.output, done.value);
    await ctx.alongside?.after?.(tx, done.value);
    await count(throttle, 'right', counting);
    if (throttle?.source === 'counted') await failSource(tx.throttles, by.source ?? '', now);
    for (const { account: owner, kind, detail } of done.notices ?? [])
      await ctx.notices.tell(tx, owner, { kind, detail });
    if (done.record !== UNCHANGED) await putOnRecord(ctx, tx, by, done.record);
    return done.value;
  });
}

/** An operation as it stands in a table, to be asked for by those who have the surroundings of its room. */
export function act<
  L extends Lock,
  C extends Services,
  B extends Asker,
  I,
  O,
  G extends Target<L>,
  K extends AuditKind,
  N extends NoticeKind,
>(operation: Operation<L, C, B, I, O, G, K, N>): Act<{ readonly ctx: C; readonly by: B }, I, O> {
  return { ...operation, perform: (asked, input) => perform(operation, asked, input) };
}
