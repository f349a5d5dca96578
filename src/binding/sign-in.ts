import { checkSource, failSource, type Place, type Target, withPlace } from '../accounts/throttle.ts';
import { SallyportError } from '../errors.ts';
import type { Draft } from '../jar/types.ts';
import { knowsBrowser } from '../login/browser.ts';
import { LockedDown } from '../login/lock-down.ts';
import { withoutNotices } from '../operations/services.ts';
import type { WholeAnswer } from '../presets/types.ts';
import { pathOf } from '../request/target.ts';
import type { Session } from '../sessions/session.ts';
import { writeAnswer } from './answer.ts';
import type { BindingContext } from './context.ts';
import { refuseAtApp, unknownAtApp } from './guesses.ts';
import { keptFor, tellsKept } from './kept.ts';
import { accountAtApp, guessedName, mayBeTyped, nameAtApp, namesSame } from './names.ts';
import { givenOut } from './passages.ts';
import type { Prover } from './prover.ts';
import { type Attempt, attemptStep, type Judged, type StepRequest, standingAfter } from './step.ts';
import type { StepResult } from './types.ts';
import { needRoomForName } from './visitor.ts';

export interface SignInParts extends StepRequest {
  readonly ctx: BindingContext;
  readonly prover: Prover;
}

/** The name of this step or of the step before it, with its domain in front, or of the one account that there is. */
function givenName({ read, jar, step, login }: SignInParts): string | null {
  const { standing } = jar;
  if (login.one !== null && read.account === null) return login.one.name;
  const earlier = standing.kind === 'step' ? standing.claimed : null;
  if (read.account === null) return earlier;
  const given = read.realm === null || read.realm === '' ? read.account : `${read.realm}\\${read.account}`;
  if (standing.kind === 'step' && standing.step === step.id && earlier !== null && earlier !== given)
    throw new SallyportError('wrong-account', 'the steps of one sign-in name two accounts');
  return given;
}

function note(
  parts: SignInParts,
  outcome: 'ok' | 'refused' | 'failed',
  detail: Record<string, string>,
  accountId?: string,
) {
  const { prover, admission, step, login } = parts;
  return prover.note(admission, admission.session, {
    kind: 'app.sign-in',
    outcome,
    detail: { preset: login.preset, step: step.id, path: pathOf(admission.target), ...detail },
    ...(accountId === undefined ? {} : { accountId }),
  });
}

/** Runs a step with a draft of the jar; whatever goes wrong, the draft comes to nothing and the jar is empty. */
async function withDraft<T>(parts: SignInParts, work: (draft: Draft) => Promise<T>): Promise<T> {
  const { ctx, jar } = parts;
  // Sealed before it is sent: what is under way is cut, and nothing new gets these cookies (attacks §3.2, races).
  const draft = await ctx.jars.begin(jar, jar.standing.kind === 'bound' ? 'others' : 'all');
  try {
    return await work(draft);
  } catch (error) {
    await draft.drop();
    throw error;
  }
}

/** The app's answer to a step, what it brought being in the jar. */
function answered({ admission, login, context, ctx, jar }: SignInParts, answer: WholeAnswer): StepResult {
  const passage = givenOut(admission.app, login, context.origin);
  const cookies = ctx.shared ? [ctx.setJar(jar.version)(context.suffix)] : [];
  return { kind: 'answer', answer, passage, cookies };
}

/** An answer that signed nobody in is passed on, with the cookies that it set. */
async function passOn(
  parts: SignInParts,
  draft: Draft,
  judged: Judged & { kind: 'fail' | 'next' },
  given: string | null,
): Promise<StepResult> {
  await draft.commit(standingAfter(judged, given));
  return answered(parts, judged.answer);
}

async function refuseUnknown(parts: SignInParts, why: string): Promise<never> {
  await note(parts, 'failed', { cause: why });
  throw new SallyportError('upstream-invalid', `the outcome of a sign-in at the app is unknown: ${why}`);
}

/**
 * Of a session that the jar is bound to by what was known last: whether it is over at the app, whose sign-in page may have ended it and begun
 * another one, of which its form has the token. Not asked where a question would do the same to that one.
 */
async function needKnown({ login, jar, prover, admission, context }: SignInParts, session: Session): Promise<void> {
  if (jar.standing.kind !== 'bound' || login.whoami?.ask == null || login.whoami.renews) return;
  await prover.check(jar, { admission, session, context }, true);
}

/** A sign-in at the app by somebody who has passed the factor: it must be the same account, by every word there is. */
export async function signInWithin(parts: SignInParts, session: Session): Promise<StepResult> {
  const { ctx, prover, admission, jar } = parts;
  const name = await nameAtApp(ctx.store, admission.app, session);
  const given = givenName(parts);
  if (given !== null && (name === null || !mayBeTyped(admission.app, name, given))) {
    await note(parts, 'refused', { cause: 'another account' });
    throw new SallyportError('wrong-account', 'a sign-in at the app as another account');
  }
  await needKnown(parts, session);
  return withDraft(parts, async (draft) => {
    const { read, password } = await keptFor(parts.login, parts.step, parts.read);
    const attempt: Attempt = { ...parts, read, given, nameAtApp: name ?? '' };
    const judged = await attemptStep(ctx, attempt, draft);
    if (judged.kind !== 'unknown' && tellsKept(judged.answer, password))
      return refuseUnknown(parts, 'the answer repeats the password that is kept here');
    if (judged.kind === 'unknown') return refuseUnknown(parts, judged.why);
    if (judged.kind !== 'in') {
      if (judged.kind === 'fail') await note(parts, 'refused', { cause: 'refused by the app' });
      return passOn(parts, draft, judged, given);
    }
    if (name === null || !namesSame(admission.app, name, judged.name)) {
      await prover.note(admission, session, {
        kind: 'app.sealed',
        outcome: 'refused',
        detail: { cause: 'signed in as another account', path: pathOf(admission.target) },
      });
      throw new SallyportError('wrong-account', 'the app signed another account in');
    }
    const { proof } = judged;
    await note(parts, 'ok', { proof });
    const [credentials, checkedAt] = [draft.credentials(), ctx.clock.now()];
    await draft.commit({ kind: 'bound', name: session.accountName, proof, credentials, checkedAt });
    prover.told(jar);
    return answered(parts, judged.answer);
  });
}

/** Whose password is guessed at the app; null: nobody's. Throws `too-many-attempts`, or `wrong-credentials`, on record. */
async function guessedAt(parts: SignInParts, given: string | null): Promise<Target | null> {
  const { ctx, admission, context, step, jar } = parts;
  const { throttles, accounts } = ctx.store;
  const now = ctx.clock.now();
  await checkSource(throttles, context.source, now);
  // Only where a password is given, now or in a step before, can one be wrong; a step that only names somebody costs nothing.
  if (given === null || (step.secret.length === 0 && jar.standing.kind !== 'step')) return null;
  const name = await guessedName(ctx.store, admission.app, given);
  if (name === undefined) {
    await failSource(throttles, context.source, now);
    await note(parts, 'refused', { cause: 'a name that is not accepted' });
    throw new SallyportError('wrong-credentials', 'the account name is not in an accepted form');
  }
  const account = await accounts.byName(admission.app.realm.id, name);
  const known = knowsBrowser(ctx.seal, context.browser, account?.id ?? null, now);
  return { guess: 'password', realm: admission.app.realm.id, name, from: known ? 'known' : 'elsewhere' };
}

/** What the app made of it, as a guess. What it has not judged (it did not answer) counts against nobody. */
async function settleGuess(parts: SignInParts, judged: Judged, place: Place | null): Promise<void> {
  const { ctx, context, admission } = parts;
  const wrong = judged.kind === 'fail' || (judged.kind === 'unknown' && judged.answered);
  if (!wrong) {
    if (judged.kind === 'in') await place?.passed(ctx.store.throttles, ctx.clock.now());
    return;
  }
  const by = { as: 'anybody', actor: 'anonymous', appId: admission.app.id, source: context.source, place } as const;
  await (judged.kind === 'fail' ? refuseAtApp : unknownAtApp).perform({ ctx: withoutNotices(ctx), by }, {});
}

/** The app has signed somebody in: held until the second factor of that account is passed, or refused. */
async function holdBack(parts: SignInParts, judged: Judged & { kind: 'in' }, draft: Draft): Promise<StepResult> {
  const { ctx, admission, context } = parts;
  const account = await accountAtApp(ctx.store, admission.app, judged.name);
  const { source, userAgent, browser } = context;
  const checkedAt = ctx.clock.now();
  const credentials = draft.credentials();
  const bound = { kind: 'bound', name: account?.name ?? '', proof: judged.proof, credentials, checkedAt } as const;
  const pending =
    account === undefined
      ? undefined
      : await ctx.login.hold(
          { app: admission.app, source, userAgent, browser },
          {
            account,
            target: admission.target,
            step: parts.step.id,
            replaces: context.pending,
            answer: writeAnswer(judged.answer),
            jar: draft.serialise(bound),
          },
        );
  if (pending === undefined) {
    const cause = account === undefined ? 'no such account here' : 'no authenticator';
    await note(parts, 'refused', { cause }, account?.id);
    throw new SallyportError('not-enrolled', 'the account has no authenticator');
  }
  await note(parts, 'ok', { proof: judged.proof, held: 'yes' }, account?.id);
  // The visitor keeps nothing of what the app has just signed in.
  await draft.drop();
  return { kind: 'held', pending };
}

/**
 * A sign-in at the app before any factor (`login-first`): a failure is passed on; of a success nobody sees a byte until the
 * factor of that very account has been passed. A guess of a password at the app costs what one of ours does: the app's own
 * limits may be none.
 */
export async function signInBefore(parts: SignInParts): Promise<StepResult> {
  const { ctx } = parts;
  // The app would tell whether the password is right. Administrators begin at our own page, where nobody is told.
  const closed = ctx.login.closed();
  if (closed !== null) throw new LockedDown(closed, ctx.clock.now());
  const given = givenName(parts);
  const attempt = (place: Place | null) =>
    withDraft(parts, async (draft) => {
      const judged = await attemptStep(ctx, { ...parts, given, nameAtApp: given ?? '' }, draft);
      await settleGuess(parts, judged, place);
      if (judged.kind === 'unknown') return refuseUnknown(parts, judged.why);
      if (judged.kind === 'in') return holdBack(parts, judged, draft);
      if (judged.kind === 'fail') await note(parts, 'refused', { cause: 'refused by the app' });
      return passOn(parts, draft, judged, given);
    });
  const target = await guessedAt(parts, given);
  if (target === null) needRoomForName(ctx, parts.admission, parts.jar);
  return target === null ? attempt(null) : withPlace(ctx.store, target, ctx.clock.now(), attempt);
}
