import { hash, verify } from '@node-rs/argon2';
import { SallyportError } from '../errors.ts';
import { systemClock } from '../lib/clock.ts';
import { normalised } from '../lib/normal.ts';
import { commonPasswords } from './blocklist.ts';
import { type Asker, FairQueue } from './fair-queue.ts';

/**
 * argon2id (the library's default variant), 46 MiB, 2 passes, 1 lane: twice the work of the OWASP minimum and memory-hard
 * (800-63B-4 §3.1.1.2). About 50 ms on one core; computed off the event loop.
 */
const COST = { memoryCost: 47_104, timeCost: 2, parallelism: 1 } as const;

/** 800-63B-4 §3.1.1.2: at least 8 code points where a second factor is always asked for, at least 64 accepted. */
export const MIN_LENGTH = 8;
/** What the pages advise (ASVS 6.2.1). */
export const ADVISED_LENGTH = 15;
const MAX_BYTES = 1024;

/**
 * Two at once hold 92 MiB; more would starve the two cores that forward. Nobody waits longer than a page may take, and the
 * line is as long as can be served until then.
 */
const queue = new FairQueue({ atOnce: 2, waiting: 512, perSource: 16, perAccount: 8, patienceMs: 12_000 }, systemClock);

export type PasswordFault = 'too-short' | 'too-long' | 'too-common' | 'contains-name';

const REASONS: Readonly<Record<PasswordFault, string>> = {
  'too-short': `Please choose a longer password: at least ${MIN_LENGTH} characters, and ideally ${ADVISED_LENGTH} or more.`,
  'too-long': 'That password is too long. Please choose a shorter one.',
  'too-common': 'That password is one of the first that others would try. Please choose a different one.',
  'contains-name':
    'That password is little more than your name or the name of this site. Please choose a different one.',
};

/** A new password that the rules refuse. The public message gives the reason (800-63B-4 §3.1.1.2), never the password. */
export class PasswordRefused extends SallyportError {
  readonly reason: PasswordFault;

  constructor(reason: PasswordFault) {
    super('bad-body', `password refused: ${reason}`);
    this.name = 'PasswordRefused';
    this.reason = reason;
  }

  override get publicMessage(): string {
    return REASONS[this.reason];
  }
}

/** One form for every way of typing the same characters (800-63B-4 §3.1.1.2). */
function normal(password: string): string {
  return normalised(password, 'NFC');
}

/** What is left when every context word is taken out, so that `alice2026!` counts as five characters. */
function withoutWords(password: string, words: readonly string[]): string {
  let rest = password;
  for (const word of words) rest = rest.replaceAll(word, '');
  return rest;
}

/**
 * Judges a new password; returns its fault or undefined. No composition rules. `context`: account name, realm, host and
 * product names; words under four characters are ignored.
 */
export async function passwordFault(password: string, context: readonly string[]): Promise<PasswordFault | undefined> {
  const text = normal(password);
  if (!text.isWellFormed() || Buffer.byteLength(text) > MAX_BYTES) return 'too-long';
  if ([...text].length < MIN_LENGTH) return 'too-short';
  const low = text.toLowerCase();
  if (new Set(low).size < 3 || (await commonPasswords()).has(low)) return 'too-common';
  const words = [...context, 'sallyport'].flatMap((entry) => [entry, ...entry.split(/[^\p{L}\p{N}]+/u)]);
  const longestFirst = words.map((w) => w.toLowerCase()).filter((w) => w.length >= 4);
  longestFirst.sort((a, b) => b.length - a.length);
  const rest = withoutWords(low, longestFirst);
  return rest !== low && [...rest].length < MIN_LENGTH ? 'contains-name' : undefined;
}

/** argon2id PHC string of a new password. Throws PasswordRefused, or `busy` when the queue is full. */
export async function hashPassword(password: string, context: readonly string[], asker: Asker): Promise<string> {
  const fault = await passwordFault(password, context);
  if (fault !== undefined) throw new PasswordRefused(fault);
  return queue.run(asker, () => hash(normal(password), COST));
}

let dummy: Promise<string> | undefined;

/**
 * Whether the password is the one that was hashed, the whole of it. With no hash (no such account, none set, disabled)
 * the same work is done on a made-up one and the answer is false, so that time does not tell who has an account.
 * Throws `busy` when the queue is full: then nothing was judged.
 */
export async function verifyPassword(stored: string | null, password: string, asker: Asker): Promise<boolean> {
  const text = normal(password);
  if (!text.isWellFormed() || Buffer.byteLength(text) > MAX_BYTES) return false;
  dummy ??= hash('no account has this password', COST);
  const against = stored ?? (await dummy);
  const match = await queue.run(asker, () => verify(against, text));
  return match && stored !== null;
}
