import { SallyportError } from '../errors.ts';
import { randomToken } from '../lib/random.ts';
import { FORMAT } from '../store/seal.ts';
import type { LoginContext } from './context.ts';
import { type Caller, PENDING_LIFE } from './types.ts';

/**
 * A sign-in of which nothing is proven: a name that somebody has typed. Whoever asks for it, as often as they like, leaves
 * nothing behind, since their browser carries it, sealed to the app. It does not say whose it is, nor whether there is such
 * an account: that is looked up when a proof comes.
 */
export interface Carried {
  readonly id: string;
  readonly realm: string;
  /** Canonical. */
  readonly name: string;
  readonly next: string;
  /** As `PendingStore.endedOf` said when it was begun: it is nobody's when that says another. */
  readonly ended: string;
  /** Where and when it was begun. */
  readonly source: string;
  readonly at: number;
}

/** Bytes of what is sealed: it is filled up to one of these, so that its length tells no name. */
const SIZES = [512, 1024, 2880] as const;
/** Characters of the longest; shorter than that and no longer than a token is what names a row. */
const MAX_VALUE = 3900;
const TOKEN = 43;

const placeOf = ({ app }: Pick<Caller, 'app'>) => ({ table: 'cookies', column: 'pending', row: app.id });

function filled(carried: Carried): string {
  const text = JSON.stringify(carried);
  const bytes = Buffer.byteLength(text);
  const size = SIZES.find((each) => bytes <= each);
  // No browser carries that; the page's own form says where it leads.
  if (size === undefined) return filled({ ...carried, next: '/' });
  return text + ' '.repeat(size - bytes);
}

/** Value of the pending cookie of a sign-in that begins with a name alone. */
export function carry(
  ctx: Pick<LoginContext, 'seal' | 'random' | 'clock'>,
  caller: Pick<Caller, 'app' | 'source'>,
  set: Pick<Carried, 'name' | 'next' | 'ended'>,
): string {
  const { app, source } = caller;
  const id = randomToken(ctx.random, 16);
  const carried: Carried = { ...set, id, realm: app.realm.id, source, at: ctx.clock.now() };
  // Without what all sealed values begin with: of one form with the other values of this cookie.
  return ctx.seal.seal(filled(carried), placeOf(caller)).slice(FORMAT.length);
}

/** No account can have it: names have no blank (accounts/name.ts). */
export const NOBODYS_NAME = 'sallyport canary';

/**
 * The same of nobody, for our own canary, at any app: a sign-in that waits, and that nothing can finish, since there is no account of its name
 * and can be none. Nothing of it is kept.
 */
export function carryNobodys(
  ctx: Pick<LoginContext, 'seal' | 'random' | 'clock'>,
  caller: Pick<Caller, 'app' | 'source'>,
): string {
  return carry(ctx, caller, { name: NOBODYS_NAME, next: '/', ended: '' });
}

/** What the cookie carries, over or not; undefined for a value that is not of our making, or of another app or realm. */
export function unsealed(ctx: LoginContext, caller: Caller, cookie: string): Carried | undefined {
  if (cookie.length <= TOKEN || cookie.length > MAX_VALUE) return undefined;
  let text: string;
  try {
    text = ctx.seal.open(FORMAT + cookie, placeOf(caller));
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'sealed-value-invalid') return undefined;
    throw error;
  }
  const carried = JSON.parse(text) as Carried; // sealed by us alone
  return carried.realm === caller.app.realm.id ? carried : undefined;
}

/** The same, while it may still be gone on with. */
export function opened(ctx: LoginContext, caller: Caller, cookie: string): Carried | undefined {
  const carried = unsealed(ctx, caller, cookie);
  return carried !== undefined && ctx.clock.now() < carried.at + PENDING_LIFE ? carried : undefined;
}
