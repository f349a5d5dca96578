import type { BoundLogin, LoginStep } from '../config/login-types.ts';
import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import { inTurns } from '../lib/turns.ts';
import { guardOf, sharedGuardOf } from '../presets/guarded.ts';
import { isQuiet } from '../presets/reading.ts';
import { type SignInPlace, signInPlace, stepsOfAddress } from '../presets/sign-in-place.ts';
import type { BodyEdit } from '../proxy/passage.ts';
import type { HeaderFields } from '../request/fields.ts';
import { createScanner, type Scanner } from '../request/login/guard.ts';
import { type BodyKind, bodyKind, boundaryOf } from '../request/login/media.ts';
import { parseTarget, pathOf, type Target } from '../request/target.ts';
import { boundLogin } from './jars.ts';

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

/** A request whose body is looked through. */
export type Guarded = Pick<Admission, 'app' | 'method' | 'headers' | 'target'>;

function targetOf({ app, target }: Guarded): Target {
  return parseTarget(target, app.target, Number.POSITIVE_INFINITY);
}

/** What the target is to the sign-in; spares most of them a second parse. */
function placeOf(login: BoundLogin, request: Guarded): SignInPlace {
  return isQuiet(login, pathOf(request.target)) ? 'elsewhere' : signInPlace(login, targetOf(request));
}

function queryOf(target: string): string | null {
  const at = target.indexOf('?');
  return at < 0 ? null : target.slice(at + 1);
}

/** Kinds of bodies that may be sent to the address of a step of that type, and not be it. */
const BESIDE: Readonly<Record<LoginStep['type'], readonly BodyKind[]>> = {
  form: ['form', 'multipart'],
  json: ['json'],
  xml: ['xml'],
  basic: [],
};

/** Beside a sign-in there is nothing but bodies of its kind: all others are read as a sign-in by some app or other. */
function sharedScanner(login: BoundLogin, request: Guarded, kind: BodyKind): Scanner {
  const steps = stepsOfAddress(login, targetOf(request));
  if (!steps.every(({ type }) => BESIDE[type].includes(kind)))
    throw new SallyportError('unsupported-media-type', 'another kind of body at the address of a sign-in');
  return createScanner({ kind, boundary: boundaryOf(request.headers) }, sharedGuardOf(login), queryOf(request.target));
}

/**
 * A scanner for the body of an ordinary request; null when there is nothing to look at. Throws `unsupported-media-type`
 * for a body whose kind an app may take for something else than we do, and `bad-body` for a GET with a body, which some
 * apps read like a POST.
 */
export function scannerFor(request: Guarded): BodyEdit | null {
  const { method, headers, target } = request;
  if (!headers.framed) return null;
  const login = boundLogin(request.app);
  const guard = guardOf(login);
  const place = placeOf(login, request);
  if (guard.fields.length === 0 && guard.sets.length === 0 && place === 'elsewhere') return null;
  if (BODILESS.has(method)) refuseBody(headers);
  const kind = bodyKind(headers);
  if (kind === 'doubtful') throw new SallyportError('unsupported-media-type', 'a doubtful media type');
  if (place !== 'shared' && (kind === 'other' || kind === 'none')) return null;
  const scanner = judged(() =>
    place === 'shared'
      ? sharedScanner(login, request, kind)
      : createScanner({ kind, boundary: boundaryOf(headers) }, guard, queryOf(target)),
  );
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
export async function isHarmless(request: Guarded, read: Read): Promise<boolean> {
  if (!read.whole) return false;
  try {
    const scanner = scannerFor(request);
    if (scanner === null) return false;
    await judgedSoFar(scanner, read);
    return true;
  } catch {
    return false;
  }
}
