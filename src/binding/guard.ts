import type { BoundLogin, Guard } from '../config/login-types.ts';
import { SallyportError } from '../errors.ts';
import { inTurns } from '../lib/turns.ts';
import type { BodyEdit } from '../proxy/passage.ts';
import type { HeaderFields } from '../request/fields.ts';
import { createScanner } from '../request/login/guard.ts';
import { bodyKind, boundaryOf } from '../request/login/media.ts';

const guards = new WeakMap<BoundLogin, Guard>();

/**
 * What may stand in no body or query but a login step's. A preset that guards nothing by itself has the account and the
 * secrets of each of its steps guarded together: alone they may be common words.
 */
export function guardOf(login: BoundLogin): Guard {
  const known = guards.get(login);
  if (known !== undefined) return known;
  const { guard, steps } = login;
  const own = guard.fields.length > 0 || guard.sets.length > 0;
  const together = steps
    .filter((step) => step.type !== 'basic' && step.account !== null && step.secret.length > 0)
    .map((step) => [step.account ?? '', ...step.secret]);
  const made = own ? guard : { ...guard, sets: together };
  guards.set(login, made);
  return made;
}

/** A guarded field in a body is told apart from what a rule forbids. */
function judged<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'forbidden')
      throw new SallyportError('credentials-misplaced', error.message, { cause: error });
    throw error;
  }
}

/** Methods whose requests have no body that an app would read. */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Throws `bad-body` for a body where none is to be: some apps read the fields of a GET's. */
export function refuseBody(headers: HeaderFields): void {
  if (headers.framed) throw new SallyportError('bad-body', 'a body where there is none to be');
}

/**
 * A scanner for the body of an ordinary request; null when there is nothing to look at. Throws `unsupported-media-type`
 * for a body whose kind an app may take for something else than we do, and `bad-body` for a GET with a body, which some
 * apps read like a POST.
 */
export function scannerFor(
  login: BoundLogin,
  method: string,
  headers: HeaderFields,
  query: string | null = null,
): BodyEdit | null {
  const guard = guardOf(login);
  if ((guard.fields.length === 0 && guard.sets.length === 0) || !headers.framed) return null;
  if (BODILESS.has(method)) refuseBody(headers);
  const kind = bodyKind(headers);
  if (kind === 'doubtful') throw new SallyportError('unsupported-media-type', 'a doubtful media type');
  if (kind === 'other' || kind === 'none') return null;
  const scanner = createScanner({ kind, boundary: boundaryOf(headers) }, guard, query);
  return { push: (chunk) => judged(() => scanner.push(chunk)), end: () => judged(() => scanner.end()) };
}

/** What has been read of a body. `whole`: there is no more. */
export interface Read {
  readonly bytes: Buffer;
  readonly whole: boolean;
}

/** What of it may be sent, once all of it has been judged; its scanner judges the rest. Rejects to refuse. */
export async function judgedSoFar(scan: BodyEdit, { bytes, whole }: Read): Promise<Read> {
  const out: Buffer[] = [];
  await inTurns(bytes, (piece) => out.push(scan.push(piece)));
  if (whole) out.push(scan.end());
  return { bytes: Buffer.concat(out), whole };
}

/** Whether a body holds none of the fields that sign in; what cannot be read does. */
export async function isHarmless(
  login: BoundLogin,
  method: string,
  headers: HeaderFields,
  read: Read,
): Promise<boolean> {
  if (!read.whole) return false;
  try {
    const scanner = scannerFor(login, method, headers);
    if (scanner === null) return false;
    await judgedSoFar(scanner, read);
    return true;
  } catch {
    return false;
  }
}
