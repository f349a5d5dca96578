import type { BoundLogin, LoginStep } from '../config/login-types.ts';
import type { Admission } from '../gate/admission.ts';
import type { Draft, Jar, Standing } from '../jar/types.ts';
import { randomToken } from '../lib/random.ts';
import { looksIn, outcomeOf } from '../presets/outcome.ts';
import type { Who, WholeAnswer } from '../presets/types.ts';
import { takeTokens } from '../presets/vault.ts';
import { whoIs } from '../presets/whoami.ts';
import { exchange } from '../proxy/exchange.ts';
import type { ReadStep } from '../request/login/step.ts';
import { readAhead } from './ahead.ts';
import { askWho } from './ask.ts';
import type { BindingContext } from './context.ts';
import { stepPassage } from './passages.ts';
import type { StepContext } from './types.ts';

/** A request that is a login step. */
export interface StepRequest {
  readonly admission: Admission<'step'>;
  readonly context: StepContext;
  readonly login: BoundLogin;
  readonly jar: Jar;
  readonly step: LoginStep;
  readonly read: ReadStep;
}

/** The step on its way. */
export interface Attempt extends StepRequest {
  /** The name as given in this step or an earlier one; null: none yet. */
  readonly given: string | null;
  /** What the account is called at the app, to ask with; empty when that is not known yet. */
  readonly nameAtApp: string;
}

/** What the app made of a step. */
export type Judged =
  | { readonly kind: 'fail'; readonly answer: WholeAnswer }
  | { readonly kind: 'next'; readonly answer: WholeAnswer; readonly step: string }
  /** `name`: by the app's own word (`whoami`), or as given where the app cannot be asked. */
  | {
      readonly kind: 'in';
      readonly answer: WholeAnswer;
      readonly name: string;
      readonly proof: 'whoami' | 'login-form';
    }
  /** Nobody can say what it was: nothing of it may pass. `answered`: the app took it and answered, without trouble of its own. */
  | { readonly kind: 'unknown'; readonly why: string; readonly answered: boolean };

/** The answer with what stands for the session replaced, and the draft with what it stands for. */
function keepTokens(ctx: BindingContext, attempt: Attempt, draft: Draft, answer: WholeAnswer): WholeAnswer {
  const { login, admission } = attempt;
  if (login.vault.length === 0) return answer;
  const taken = takeTokens(login, answer, () => randomToken(ctx.random, 32));
  if (taken.vault.size > 0) draft.receive(admission.target, [], taken.vault);
  return taken.answer;
}

/** By the app's own word. `ok`: the answer to the step looks like success. */
function judgedBy(who: Who, ok: boolean, answer: WholeAnswer): Judged {
  if (who.kind === 'name') return { kind: 'in', answer, name: who.name, proof: 'whoami' };
  if (who.kind === 'unclear') return { kind: 'unknown', why: 'the app does not say who is signed in', answered: false };
  // Never the account; and what may have signed somebody in is not given out as a failure.
  if (who.kind === 'both') return { kind: 'unknown', why: 'the app says a name and nobody at once', answered: false };
  // What looks like success and signs nobody in may be anything.
  return ok
    ? { kind: 'unknown', why: 'success, and nobody is signed in', answered: answer.status < 500 }
    : { kind: 'fail', answer };
}

/**
 * Before the factor nothing that may be a success is given out as a failure: some signs of one stand where the sender has a say
 * (a redirect to where a field of the form wants it), so that the app's word decides, or nobody's.
 */
function mayBeIn({ admission, step }: Attempt, answer: WholeAnswer, now: number): boolean {
  return admission.session === null && looksIn(step, answer, now);
}

/** Sends a step with the cookies of the draft and finds out what came of it. Rejects when the app cannot be asked. */
export async function attemptStep(ctx: BindingContext, attempt: Attempt, draft: Draft): Promise<Judged> {
  const { admission, context, login, step, read, given } = attempt;
  const { type, bytes } = read.send;
  const body = bytes === null ? null : { type, bytes };
  // Its body may have been long in coming.
  context.needStanding();
  const { app, target } = admission;
  const passage = stepPassage({ app, login, origin: context.origin, target }, draft, read.send.authorization);
  const raw = await exchange(admission, context.upstreams, passage, body);
  draft.receive(admission.target, raw.headers.all('set-cookie'));
  await readAhead(login, raw.body);
  const now = ctx.clock.now();
  const outcome = outcomeOf(step, raw, now);
  if (outcome !== 'probe' && outcome.kind === 'fail' && !mayBeIn(attempt, raw, now))
    return { kind: 'fail', answer: raw };
  if (outcome !== 'probe' && outcome.kind === 'next') return { kind: 'next', answer: raw, step: outcome.step };
  const ok = outcome !== 'probe' && outcome.kind === 'ok';
  const answer = keepTokens(ctx, attempt, draft, raw);
  if (login.whoami?.ask != null) return judgedBy(await askWho(ctx, attempt, draft), ok, answer);
  const answered = answer.status < 500;
  if (!ok) return { kind: 'unknown', why: 'neither success nor failure, and the app cannot be asked', answered };
  if (login.whoami !== null) {
    const who = whoIs(login, raw, now);
    if (who.kind === 'name') return { kind: 'in', answer, name: who.name, proof: 'whoami' };
    return { kind: 'unknown', why: 'the answer does not say who is signed in', answered };
  }
  if (given === null) return { kind: 'unknown', why: 'no step has named an account', answered };
  return { kind: 'in', answer, name: given, proof: 'login-form' };
}

/** What is known of the jar after a step that signed nobody in. */
export function standingAfter(judged: Judged, given: string | null): Standing {
  return judged.kind === 'next' ? { kind: 'step', step: judged.step, claimed: given } : { kind: 'open' };
}
