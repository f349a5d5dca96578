import type { CookieJar } from 'tough-cookie';
import type { BoundLogin, LoginStep } from '../../config/login-types.ts';
import { SallyportError } from '../../errors.ts';
import { systemClock } from '../../lib/clock.ts';
import { headerOf, textOf } from '../../presets/answer.ts';
import { outcomeOf } from '../../presets/outcome.ts';
import type { Who, WholeAnswer } from '../../presets/types.ts';
import { whoamiTarget, whoIs } from '../../presets/whoami.ts';
import { HeaderFields } from '../../request/fields.ts';
import { selects } from '../../request/login/names.ts';
import { readStep } from '../../request/login/step.ts';
import { browserBody, type FieldValues } from './body.ts';
import type { DirectClient } from './client.ts';
import { type Form, formsIn } from './forms.ts';
import { pathOfPattern, queryOfRule } from './literal.ts';

/** An app that a preset is held against. */
export interface AppUnderTest {
  readonly client: DirectClient;
  readonly login: BoundLogin;
}

export interface Credentials {
  readonly account: string;
  /** Never printed. */
  readonly password: string;
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

/** A page with the form of a step in it, or null, and where it leads. */
export interface FoundForm {
  readonly form: Form | null;
  /** Target of this app; null when the form leads to another origin. */
  readonly target: string | null;
  /** The whole reference, for people. */
  readonly action: string;
}

/** Finds the form of a step in a page: the one that has a field for the name or the secret. */
export function findForm(client: DirectClient, step: LoginStep, html: string, page: string): FoundForm {
  const wanted = [step.account, ...step.secret].filter((name) => name !== null);
  const { forms, base } = formsIn(html);
  const scored = forms.map((form) => ({
    form,
    hits: wanted.filter((selector) => form.fields.some(({ name }) => selects(selector, name))).length,
  }));
  const best = scored.sort((a, b) => b.hits - a.hits)[0];
  if (best === undefined || best.hits === 0) return { form: null, target: null, action: '' };
  const { action } = best.form;
  const from = base === null ? page : (client.within(base, page) ?? page);
  return { form: best.form, target: client.within(action === '' ? page : action, from), action };
}

function fits(login: BoundLogin, step: LoginStep, target: string): boolean {
  const [path = ''] = target.split('?', 1);
  return step.on.paths.some((pattern) => pattern.test(login.nocase ? path.toLowerCase() : path));
}

/** Where a step is sent: where its form leads, or the address of the preset. */
export function stepTarget(login: BoundLogin, step: LoginStep, found: FoundForm): string | null {
  // A session id in the path is never passed on; the cookie says the same.
  const target = found.target?.replace(/;[^/?]*/g, '') ?? null;
  if (target !== null && fits(login, step, target)) return target;
  for (const pattern of step.on.paths) {
    const path = pathOfPattern(pattern);
    if (path !== null) return `${path}${queryOfRule(step.on.query)}`;
  }
  return null;
}

function givenFor(step: LoginStep, { account, password }: Credentials): FieldValues {
  const given = new Map<string, string>();
  if (step.type === 'basic') return given.set('user', account).set('password', password);
  if (step.account !== null) given.set(step.account, account);
  if (step.secret[0] !== undefined) given.set(step.secret[0], password);
  return given;
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

interface Page {
  readonly html: string;
  readonly target: string;
}

/** Sends one step as the engine would: the browser's body read strictly and written anew by us. */
async function send(attempt: Attempt, step: LoginStep, page: Page): Promise<WholeAnswer | string> {
  const { client, login, credentials, jar } = attempt;
  const found = findForm(client, step, page.html, page.target);
  const target = stepTarget(login, step, found);
  if (target === null) return `there is no form for step ${step.id}, and its address is a pattern`;
  const { rawHeaders, bytes } = browserBody(step, givenFor(step, credentials), found.form);
  let read: ReturnType<typeof readStep>;
  try {
    read = readStep(step, HeaderFields.of(rawHeaders), bytes, login.steps);
  } catch (error) {
    if (error instanceof SallyportError) return `the form is not as step ${step.id} has it (${error.message})`;
    throw error;
  }
  if (read === 'not-this-step') return `the form lacks a value that step ${step.id} needs`;
  const { type, bytes: body, authorization } = read.send;
  const headers = {
    Origin: client.seenAs,
    Referer: `${client.seenAs}${page.target}`,
    ...(authorization === null ? {} : { Authorization: authorization }),
  };
  return client.ask(
    { method: step.on.method, target, headers, body: body === null ? null : { type, bytes: body } },
    jar,
  );
}

/** Asks the app who is signed in with a jar, as the engine would. null: it cannot be asked. */
export async function askWhoami(
  { client, login }: AppUnderTest,
  account: string,
  jar: CookieJar,
  headers: Readonly<Record<string, string>> = {},
): Promise<Who | null> {
  const ask = login.whoami?.ask;
  if (login.whoami === null || ask == null) return null;
  const accept = ask.accept === null ? {} : { Accept: ask.accept };
  const target = whoamiTarget(login.whoami, account);
  const answer = await client.ask({ method: ask.method, target, headers: { ...accept, ...headers } }, jar);
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
async function following({ client, jar }: Attempt, answer: WholeAnswer, page: Page): Promise<Page> {
  const location = answer.status >= 300 && answer.status < 400 ? headerOf(answer, 'location') : undefined;
  const target = location === undefined ? null : client.within(location, page.target);
  if (target === null) return { html: textOf(answer), target: page.target };
  const opened = await client.open(target, jar);
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
  return { outcome: 'ok', why: null, answer, who: await askWhoami(attempt, account, jar, headers) };
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
  const opened = await client.open(login.entry, jar);
  let page: Page = { html: textOf(opened.answer), target: opened.target };
  await meanwhile?.();
  let step = login.steps[0];
  for (let count = 0; step !== undefined && count <= login.steps.length; count += 1) {
    const answer = await send(attempt, step, page);
    if (typeof answer === 'string') return unknown(answer);
    const outcome = outcomeOf(step, answer, systemClock.now());
    if (outcome === 'probe') return concluded(attempt, false, answer);
    if (outcome.kind === 'fail') return { outcome: 'fail', why: null, answer, who: null };
    if (outcome.kind !== 'next') return concluded(attempt, outcome.kind === 'ok', answer);
    const { step: id } = outcome;
    step = login.steps.find((each) => each.id === id);
    page = await following(attempt, answer, page);
  }
  return unknown('the steps lead in a circle');
}
