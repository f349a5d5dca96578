import type { CookieJar } from 'tough-cookie';
import type { BoundLogin, LoginStep } from '../../config/login-types.ts';
import { SallyportError } from '../../errors.ts';
import { systemClock } from '../../lib/clock.ts';
import { headerOf, textOf } from '../../presets/answer.ts';
import { outcomeOf } from '../../presets/outcome.ts';
import type { Who, WholeAnswer } from '../../presets/types.ts';
import { whoamiTarget, whoIs } from '../../presets/whoami.ts';
import { HeaderFields } from '../../request/fields.ts';
import { readStep } from '../../request/login/step.ts';
import type { Behind, StepAnswer } from './behind.ts';
import { browserBody } from './body.ts';
import type { DirectClient } from './client.ts';
import { cookiePairs } from './cookies.ts';
import { misfits } from './form-fit.ts';
import { pathOfPattern, queryOfRule } from './literal.ts';
import {
  type Credentials,
  givenFor,
  isByScript,
  leadsTo,
  type Page,
  postingOf,
  type Shown,
  type ShownForm,
  shownForm,
} from './posting.ts';
import { tokenLines } from './script-tokens.ts';

/** An app that a preset is held against. */
export interface AppUnderTest {
  readonly client: DirectClient;
  readonly login: BoundLogin;
}

/** What the app made of a sign-in, as the engine would judge it. */
export interface SignedIn {
  readonly outcome: 'ok' | 'fail' | 'unknown';
  /** Why it is unknown; else null. */
  readonly why: string | null;
  /** The answer to the last step; null when none was sent. */
  readonly answer: WholeAnswer | null;
  /** null: the app cannot be asked, or there was no reason to. */
  readonly who: Who | null;
}

function fits(login: BoundLogin, step: LoginStep, target: string): boolean {
  const [path = ''] = target.split('?', 1);
  return step.on.paths.some((pattern) => pattern.test(login.nocase ? path.toLowerCase() : path));
}

/** Where a script sends a step: where its form leads, or the address of the preset. */
export function stepTarget(login: BoundLogin, step: LoginStep, leads: string | null): string | null {
  // A session id in the path is never passed on; the cookie says the same.
  const target = leads?.replace(/;[^/?]*/g, '') ?? null;
  if (target !== null && fits(login, step, target)) return target;
  for (const pattern of step.on.paths) {
    const path = pathOfPattern(pattern);
    if (path !== null) return `${path}${queryOfRule(step.on.query)}`;
  }
  return null;
}

const unknown = (why: string, answer: WholeAnswer | null = null): SignedIn => ({
  outcome: 'unknown',
  why,
  answer,
  who: null,
});

/** A sign-in on its way. The jar holds what the app has set. */
interface Attempt extends AppUnderTest {
  readonly credentials: Credentials;
  readonly jar: CookieJar;
}

const behindOf = ({ client, login }: AppUnderTest): Behind => client.behind(login);

/** A request that a browser would make for a step. */
interface Made {
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly bytes: Buffer;
}

/** As a script makes it, where no form of the page is the step: at the address of the preset, with what the page has for it. */
function byScript(attempt: Attempt, step: LoginStep, page: Page, { form, base }: Shown): Made | string {
  const { login, credentials } = attempt;
  const leads = form === null ? null : leadsTo(form, base, page, behindOf(attempt));
  const target = stepTarget(login, step, leads);
  if (target === null) return `there is no form for step ${step.id}, and its address is a pattern`;
  return { target, ...browserBody(step, givenFor(step, credentials), form) };
}

/** As the form of the page makes it, with the values that a person gives. */
function byForm(attempt: Attempt, step: LoginStep, page: Page, shown: ShownForm): Made | string {
  const typed = { step, given: givenFor(step, attempt.credentials) };
  const posting = postingOf(shown, page, behindOf(attempt), typed);
  const [fault] = misfits(behindOf(attempt), step, posting);
  if (fault !== undefined) return `the form of the page is not step ${step.id}: it ${fault}`;
  const { target, rawHeaders, bytes } = posting;
  return target === null ? `the form of step ${step.id} leads past us` : { target, rawHeaders, bytes };
}

/** Sends one step as the engine would: the browser's body read strictly and written anew by us. */
async function send(attempt: Attempt, step: LoginStep, page: Page): Promise<StepAnswer | string> {
  const { login, jar } = attempt;
  const shown = shownForm(step, page);
  const { form, base } = shown;
  const scripted = form === null || isByScript(step);
  const made = scripted ? byScript(attempt, step, page, shown) : byForm(attempt, step, page, { form, base });
  if (typeof made === 'string') return made;
  let read: ReturnType<typeof readStep>;
  try {
    read = readStep(step, HeaderFields.of(made.rawHeaders), made.bytes, login.steps);
  } catch (error) {
    if (error instanceof SallyportError) return `the form is not as step ${step.id} has it (${error.message})`;
    throw error;
  }
  if (read === 'not-this-step') return `the form lacks a value that step ${step.id} needs`;
  const { type, bytes, authorization } = read.send;
  const body = bytes === null ? null : { type, bytes };
  const { target } = made;
  const script = isByScript(step);
  const more = script && step.type !== 'basic' ? tokenLines(page.html, cookiePairs(jar)) : [];
  const sent = { method: step.on.method, target, page: page.target, body, authorization, script, more };
  return behindOf(attempt).step(sent, jar);
}

/**
 * Asks the app who is signed in with a jar, as the engine would. `credentials`: past us, with that Authorization. null: it cannot be
 * asked.
 */
export async function askWhoami(
  { client, login }: AppUnderTest,
  account: string,
  jar: CookieJar,
  credentials?: string,
): Promise<Who | null> {
  const ask = login.whoami?.ask;
  if (login.whoami === null || ask == null) return null;
  const accept = ask.accept === null ? {} : { Accept: ask.accept };
  const target = whoamiTarget(login.whoami, account);
  const answer =
    credentials === undefined
      ? await client.behind(login).question(ask.method, target, jar)
      : await client.ask({ method: ask.method, target, headers: { ...accept, Authorization: credentials } }, jar);
  return whoIs(login, answer, systemClock.now());
}

/** After a step that is no failure: the app's own word. */
async function concluded(attempt: Attempt, ok: boolean, answer: WholeAnswer): Promise<SignedIn> {
  const { login, credentials, jar } = attempt;
  if (login.whoami !== null && login.whoami.ask === null && ok) {
    const who = whoIs(login, answer, systemClock.now());
    if (who.kind === 'name') return { outcome: 'ok', why: null, answer, who };
    return unknown('the answer does not say who is signed in', answer);
  }
  const who = await askWhoami(attempt, credentials.account, jar);
  if (who === null)
    return ok
      ? { outcome: 'ok', why: null, answer, who }
      : unknown('neither ok nor fail of the preset holds, and there is no whoami', answer);
  if (who.kind === 'name') return { outcome: 'ok', why: null, answer, who };
  if (who.kind === 'both') return unknown('whoami says a name and nobody at once', answer);
  if (who.kind === 'unclear') return unknown('whoami says neither a name nor nobody', answer);
  return ok
    ? unknown('ok of the preset holds, but whoami says nobody', answer)
    : { outcome: 'fail', why: null, answer, who };
}

/** The page of the next step: the answer, or where it leads. */
async function following(attempt: Attempt, answer: WholeAnswer, page: Page): Promise<Page> {
  const behind = behindOf(attempt);
  const location = answer.status >= 300 && answer.status < 400 ? headerOf(answer, 'location') : undefined;
  const target = location === undefined ? null : behind.within(location, page.target);
  if (target === null) return { html: textOf(answer), target: page.target };
  const opened = await behind.open(target, attempt.jar, page.target);
  return { html: textOf(opened.answer), target: opened.target };
}

/** Credentials with every request: there is no step, and nothing is kept. */
async function withHeader(attempt: Attempt): Promise<SignedIn> {
  const { client, login, jar } = attempt;
  const { account, password } = attempt.credentials;
  if (!login.authorization.includes('basic')) return unknown('only Basic credentials can be tried from here');
  const token = Buffer.from(`${account}:${password}`).toString('base64');
  const headers = { Authorization: `Basic ${token}` };
  const answer = await client.ask({ target: login.entry, headers }, jar);
  if (answer.status === 401) return { outcome: 'fail', why: null, answer, who: null };
  if (answer.status >= 400) return unknown('neither a page nor a refusal', answer);
  return { outcome: 'ok', why: null, answer, who: await askWhoami(attempt, account, jar, headers.Authorization) };
}

/**
 * Signs in at the app, directly, with every step of the preset. The jar holds what the app set. `meanwhile` is done between the
 * sign-in page and its form.
 */
export async function signIn(
  app: AppUnderTest,
  credentials: Credentials,
  jar: CookieJar,
  meanwhile?: () => Promise<unknown>,
): Promise<SignedIn> {
  const { client, login } = app;
  const attempt = { client, login, credentials, jar };
  if (login.steps.length === 0) return withHeader(attempt);
  const opened = await client.behind(login).open(login.entry, jar);
  let page: Page = { html: textOf(opened.answer), target: opened.target };
  await meanwhile?.();
  let step = login.steps[0];
  for (let count = 0; step !== undefined && count <= login.steps.length; count += 1) {
    const sent = await send(attempt, step, page);
    if (typeof sent === 'string') return unknown(sent);
    const answer = sent.judged;
    const outcome = outcomeOf(step, answer, systemClock.now());
    if (outcome === 'probe') return concluded(attempt, false, answer);
    if (outcome.kind === 'fail') return { outcome: 'fail', why: null, answer, who: null };
    if (outcome.kind !== 'next') return concluded(attempt, outcome.kind === 'ok', answer);
    const { step: id } = outcome;
    step = login.steps.find((each) => each.id === id);
    page = await following(attempt, sent.given, page);
  }
  return unknown('the steps lead in a circle');
}
