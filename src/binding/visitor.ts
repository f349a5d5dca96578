import { type InAll, SourceRate } from '../accounts/source-rate.ts';
import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import type { Jar, JarOwner } from '../jar/types.ts';
import { randomToken } from '../lib/random.ts';
import type { BindingContext } from './context.ts';
import { jarApp } from './jars.ts';
import type { ExchangeContext } from './types.ts';

/** What a visitor's browser carries is good for this long after the last change, ms. */
const VISITOR_LIFE = 30 * 60_000;
/** A row that stands against what browsers carry is there for longer, whatever their clocks say. */
const ROW_LIFE = VISITOR_LIFE + 5 * 60_000;
/** Longest value, characters: with its name it stays below the 4096 bytes that browsers take (RFC 6265 §6.1). */
const MAX_VALUE = 3900;
/**
 * Rows for what no browser would carry, begun within a minute from one address and from everywhere: each stands for half an
 * hour, so that there are never more than some forty thousand.
 */
const ROWS = 30;
/** The same for sign-ins of several steps that a visitor begins without a row, by a name alone: many sit behind one address. */
const NAMES = 120;
const ALL_ROWS: InAll = { anybody: 600, newcomers: 1200, known: 1200 };
const MINUTE = 60_000;
const ID = /^[A-Za-z0-9_-]{43}$/;

/** The visitor cookie, opened. It is the only place where a jar stands before somebody has proven anything. */
interface VisitorCookie {
  readonly id: string;
  readonly until: number;
  /** What the browser carries of the jar; '' where it stands in a row. */
  readonly carried: string;
}

export interface VisitorJar {
  readonly jar: Jar;
  /** Set-Cookie values of ours, once what the app's answer brought is in the jar. */
  cookies(): Promise<readonly string[]>;
}

const placeOf = ({ app }: Admission) => ({ table: 'cookies', column: 'visitor', row: app.id });

interface Rates {
  readonly rows: SourceRate;
  readonly names: SourceRate;
}

const rates = new WeakMap<BindingContext, Rates>();

/** Throws `too-many-attempts` when strangers begin more rows than there is room for. */
function needRoom(ctx: BindingContext, which: keyof Rates, { client }: Admission): void {
  const known = rates.get(ctx) ?? {
    rows: new SourceRate(ROWS, MINUTE, ALL_ROWS),
    names: new SourceRate(NAMES, MINUTE, ALL_ROWS),
  };
  rates.set(ctx, known);
  const wait = known[which].take(client.address, ctx.clock.monotonic());
  if (wait > 0)
    throw new SallyportError('too-many-attempts', 'visitors who leave more than there is room for', {
      retryAfter: Math.ceil(wait / 1000),
    });
}

/**
 * Before a visitor begins a step in which no password is given, so that nobody's guesses are counted: a row stands from then on.
 * Throws `too-many-attempts`.
 */
export function needRoomForName(ctx: BindingContext, admission: Admission, { version }: Jar): void {
  if (version === 0) needRoom(ctx, 'names', admission);
}

/** A value that is not of our making, of another app, or over, is none. */
function opened(ctx: BindingContext, admission: Admission, value: string | null): VisitorCookie | undefined {
  if (value === null || value.length > MAX_VALUE) return undefined;
  let text: string;
  try {
    text = ctx.seal.open(value, placeOf(admission));
  } catch (error) {
    // Planted, or sealed before the key was replaced: the visitor begins anew, with nothing.
    if (error instanceof SallyportError && error.code === 'sealed-value-invalid') return undefined;
    throw error;
  }
  const cookie = JSON.parse(text) as VisitorCookie; // sealed by us alone
  return ID.test(cookie.id) && ctx.clock.now() < cookie.until ? cookie : undefined;
}

/**
 * The jar of somebody who has not signed in. Their browser carries it, sealed to this app, so that whoever comes without a
 * cookie, as often as they like, leaves nothing behind. From the moment that a login step is begun with it a row stands in
 * its place: what browsers carry from before is not believed any more.
 */
export async function visitorJar(
  ctx: BindingContext,
  admission: Admission,
  context: ExchangeContext,
): Promise<VisitorJar> {
  const cookie = opened(ctx, admission, context.visitor);
  const id = cookie?.id ?? randomToken(ctx.random, 32);
  const expiresAt = ctx.clock.now() + ROW_LIFE;
  const owner: JarOwner = { kind: 'visitor', id, expiresAt, carried: cookie?.carried ?? '' };
  const jar = await ctx.jars.of(owner, jarApp(admission.app), context.jarVersion);
  const sealed = (carried: string): string => {
    const value: VisitorCookie = { id, until: ctx.clock.now() + VISITOR_LIFE, carried };
    return ctx.seal.seal(JSON.stringify(value), placeOf(admission));
  };
  return {
    jar,
    async cookies() {
      const carried = ctx.jars.carried(jar);
      if (carried === null)
        return jar.version > 0 && cookie?.carried !== '' ? [ctx.setVisitor(sealed(''))(context.suffix)] : [];
      if (carried === cookie?.carried) return [];
      const value = sealed(carried);
      if (value.length <= MAX_VALUE) return [ctx.setVisitor(value)(context.suffix)];
      // More than a browser takes: it is kept for them, as long as what they would carry.
      needRoom(ctx, 'rows', admission);
      await ctx.jars.takeIn(jar);
      return [ctx.setVisitor(sealed(''))(context.suffix)];
    },
  };
}
