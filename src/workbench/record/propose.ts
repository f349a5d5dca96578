import { systemClock } from '../../lib/clock.ts';
import { headerOf, textOf } from '../../presets/answer.ts';
import { cookiesSet } from '../../presets/set-cookies.ts';
import { CommandRefused } from '../../terminal/exit.ts';
import type { DirectClient } from '../direct/client.ts';
import { emptyJar } from '../direct/cookies.ts';
import { lineLimit, longLines } from '../direct/long-lines.ts';
import type { Credentials } from '../direct/posting.ts';
import { signIn } from '../direct/sign-in.ts';
import { compileDraft, type Draft, type DraftStep, inOrder } from './draft.ts';
import { entryOf } from './entries.ts';
import { guardOf } from './guards.ts';
import { cookiePattern } from './outcomes.ts';
import { isWild, pathOf } from './paths.ts';
import type { People } from './people.ts';
import { cookiesBehindTls, foldings, openDoors, rewriting, rolls, sessionCookies, spoilsForm } from './probe.ts';
import type { Exchange, Recording } from './recording.ts';
import { foundSteps, queryOf } from './steps.ts';
import { surfaceOf } from './surface.ts';
import { findWhoami } from './whoami.ts';
import { LOGOUT } from './words.ts';

export interface Wish {
  readonly id: string;
  readonly client: DirectClient;
  readonly recording: Recording;
  readonly first: Credentials;
  readonly second: Credentials | null;
  progress(text: string): void;
}

/** Longest title that becomes a name, and blanks around it, characters. */
const [MAX_TITLE, MAX_AROUND] = [80, 400];

/** The title of a page when it is one short line. */
function titleIn(page: string): string | undefined {
  const open = /<title[^<>]*>/i.exec(page);
  if (open === null) return undefined;
  const from = open.index + open[0].length;
  const inside = page.slice(from, from + MAX_AROUND);
  const end = inside.search(/<\/title/i);
  const words = inside.slice(0, Math.max(0, end)).trim();
  return words !== '' && words.length <= MAX_TITLE && !/[<\r\n]/.test(words) ? words : undefined;
}

function title(exchanges: readonly Exchange[], fallback: string): string {
  for (const { answer } of exchanges) {
    const found = titleIn(textOf(answer));
    if (found !== undefined && answer.status === 200) return found;
  }
  return fallback;
}

/**
 * Cookies that the answer to the sign-in set, and those that were sent with it and sound like a session; all that were sent, where there
 * are none of these: an app may take over the session that its sign-in page began, whatever it calls it.
 */
function cookiesOfLogin({ right, afterRight }: Recording): string[] {
  const answers = [right, ...afterRight.slice(0, 2)].filter((each) => each !== undefined).map(({ answer }) => answer);
  const names = answers.flatMap(({ headers }) =>
    [...cookiesSet(headers, systemClock.now())].filter(([, value]) => value !== null).map(([name]) => name),
  );
  const sent = right?.cookies ?? [];
  const found = [...names, ...sent.filter((name) => /sess|sid|auth|token/i.test(name))];
  return [...new Set((found.length > 0 ? found : sent).map(cookiePattern))];
}

/** Cookies that scripts read: tokens against forged requests, which are no session. */
function forScripts(exchanges: readonly Exchange[], session: readonly string[]): string[] {
  const names = exchanges.flatMap(({ answer }) =>
    answer.headers
      .all('set-cookie')
      .filter((line) => !/;\s*httponly/i.test(line))
      .map((line) => line.split('=', 1)[0] ?? ''),
  );
  const patterns = [...new Set(names)].filter((name) => /csrf|xsrf/i.test(name)).map(cookiePattern);
  return [...new Set(patterns)].filter((pattern) => !session.includes(pattern));
}

function isBlind({ ok }: DraftStep): boolean {
  return ok !== undefined && 'probe' in ok;
}

/** The same steps where the app cannot be asked yet: enough to sign in, not to tell what came of it. */
function unjudged(draft: Draft): Draft {
  const login = draft.login.map((step) => {
    if (!isBlind(step)) return step;
    const { fail: _fail, ...rest } = step;
    return { ...rest, ok: { status: 200 } };
  });
  return { ...draft, login };
}

async function personOf(client: DirectClient, draft: Draft, credentials: Credentials | null): Promise<People | null> {
  if (credentials === null) return null;
  const jar = emptyJar();
  await signIn({ client, login: compileDraft(unjudged(draft), client.seenAs) }, credentials, jar);
  return { account: credentials.account, jar };
}

/** A path in which the account's own name is anybody's. */
function ofAnybody(path: string, account: string): string {
  const name = encodeURIComponent(account).toLowerCase();
  return path
    .split('/')
    .map((segment) => (segment.toLowerCase() === name ? '*' : segment))
    .join('/');
}

/** How the app is signed out of, whoever does it; undefined: not seen, or at an address that serves for other things too. */
export function logoutOf({ logout, account }: Recording): Draft['logout'] {
  if (logout === undefined) return undefined;
  const query = queryOf(logout.target, (name, value) => LOGOUT.test(name) || LOGOUT.test(value));
  const fixed = Object.entries(query ?? {}).filter(([, value]) => value !== '*');
  // An address that serves for other things too must not count as signing out.
  if (isWild(pathOf(logout.target)) || (fixed.length === 0 && !LOGOUT.test(pathOf(logout.target)))) return undefined;
  return [
    {
      path: ofAnybody(pathOf(logout.target), account),
      ...(fixed.length === 0 ? {} : { query: Object.fromEntries(fixed) }),
    },
  ];
}

/** A page, and not a script or a piece of one, that has a form. */
function isFormPage({ method, answer }: Exchange): boolean {
  return (
    method === 'GET' &&
    /^\s*(?:text\/html|application\/xhtml\+xml)/i.test(headerOf(answer, 'content-type') ?? '') &&
    /<form/i.test(textOf(answer))
  );
}

/** What is known from the recording alone. */
function beginning({ id, recording }: Wish): Draft {
  const { steps, page, fields, nameless } = foundSteps(recording);
  const before = recording.exchanges.slice(
    0,
    recording.right === undefined ? 0 : recording.exchanges.indexOf(recording.right),
  );
  const lastPage = before.findLast(isFormPage)?.target;
  const entry = entryOf(before, page ?? lastPage ?? '/');
  const { logout } = recording;
  const out = logoutOf(recording);
  const cookies = cookiesOfLogin(recording);
  const scripts = forScripts(recording.exchanges, cookies);
  const leads = logout === undefined ? undefined : headerOf(logout.answer, 'location');
  return {
    preset: 1,
    id,
    title: title(recording.exchanges, id),
    tested: [],
    entry: leads !== undefined && /login|signin/i.test(pathOf(leads)) && page === null ? pathOf(leads) : entry,
    anon: surfaceOf(recording),
    login: steps,
    assurance: 'login-form',
    account: nameless ? { one: recording.account } : { fold: [] },
    session: { cookies },
    ...(scripts.length === 0 ? {} : { browser_cookies: scripts }),
    ...(out === undefined ? {} : { logout: out }),
    ...(fields.length === 0 ? {} : { guard: guardOf(recording, fields) }),
  };
}

/** What asking the app adds: who is signed in, which cookies carry that, how it spells names. */
async function withWhoami(draft: Draft, wish: Wish): Promise<Draft> {
  const { client, recording, first, second, progress } = wish;
  if ('one' in draft.account) {
    progress('The sign-in has no name: the app has one account, and held_by says who holds it.');
    return draft;
  }
  progress('Looking for a page that says who is signed in …');
  const mine = await personOf(client, draft, first);
  const theirs = await personOf(client, draft, second);
  const looked = emptyJar();
  await client.open(draft.entry, looked);
  const asking =
    mine === null ? null : { first: mine, second: theirs, strangers: [emptyJar(), looked], entry: draft.entry };
  const found = asking === null ? undefined : await findWhoami(client, recording.afterRight, asking);
  if (found === undefined || mine === null) {
    if (draft.login.some(isBlind))
      throw new CommandRefused(
        'The app answers right and wrong passwords alike, and no page that was seen names whoever is signed in: record again, and look at a page with your name on it (unattended: name its address with --look).',
      );
    progress('No page names whoever is signed in: the sign-in form is all that binds the account.');
    return draft.session.vault === undefined ? withToken(draft, wish) : draft;
  }
  const { assurance: _none, ...rest } = draft;
  const { whoami, strip } = found;
  const spelt = strip.length === 0 ? {} : { strip };
  const asked: Draft = { ...rest, whoami, account: { fold: ['lower'], ...spelt } };
  const app = { client, login: compileDraft(asked, client.seenAs) };
  const cookies = [...new Set([...(await sessionCookies(app, mine)), ...(await cookiesBehindTls(wish, asked))])];
  const fold = await foldings(app, first);
  const session = cookies.length > 0 ? cookies : draft.session.cookies;
  // What was set along with the session may be for scripts alone, now that it is known what the session is.
  const scripts = forScripts(recording.exchanges, session);
  const lost = whoami.anonymous.filter(({ location }) => location !== undefined);
  return {
    ...asked,
    ...((await spoilsForm(app, first)) ? { whoami: { ...whoami, renews: true as const } } : {}),
    account: { fold, ...spelt },
    session: { cookies: session, ...((await rolls(app, mine, session)) ? { rolling: true as const } : {}) },
    ...(scripts.length === 0 ? {} : { browser_cookies: scripts }),
    ...(lost.length === 0 ? {} : { lost }),
  };
}

/**
 * Where scripts keep the session themselves: a preset can keep it from them, where it is all that stands in a header. Throws CommandRefused
 * where it cannot: what passes as it is would be anybody's.
 */
function withToken(draft: Draft, { recording, progress }: Wish): Draft {
  const { token } = recording;
  if (token === undefined && draft.session.cookies.length === 0)
    throw new CommandRefused(
      'No cookie was set by the sign-in or sent with it, and no script was seen to send what its answer has: what stands for the session of the app is not known, and a preset has to say it.',
    );
  if (token === undefined) return draft;
  const { json, header, whole } = token;
  const told = `The session is no cookie: scripts of the app send what the answer to the sign-in has at ${json} in the header ${header}`;
  if (!whole || header === 'authorization' || header === 'cookie')
    throw new CommandRefused(
      `${told}${whole ? '' : ', with other text beside it'}. A preset can keep a token from browsers where it is all that stands in a header of its own (session.vault); this one says nobody's name and would be removed or be anybody's. The app needs a sign-in that sets a cookie.`,
    );
  progress(`${told}. It is kept here, and they get another in its place (session.vault).`);
  return { ...draft, session: { ...draft.session, vault: [{ json, send: { header } }] } };
}

/** What a script sends both times beside name and password, and in words that are no value of a form of the page. */
function constantsOf({ right, wrong }: Recording, step: DraftStep): Record<string, string> {
  if (right?.script !== true || (right.type !== 'form' && right.type !== 'json')) return {};
  const same = (name: string) => wrong?.fields.find((each) => each.name === name)?.value;
  const fixed = right.fields.filter(
    ({ name, value }) =>
      step.pass?.includes(name) === true && same(name) === value && /^[A-Za-z][\w.-]{1,40}$/.test(value),
  );
  return Object.fromEntries(fixed.map(({ name, value }) => [name, value]));
}

/** What a script adds, where the app signs nobody in without it. */
async function withConstants(draft: Draft, { client, recording, first }: Wish): Promise<Draft> {
  const last = draft.login.at(-1);
  const need = last === undefined ? {} : constantsOf(recording, last);
  if (last === undefined || Object.keys(need).length === 0) return draft;
  const taken = async (tried: Draft): Promise<boolean> => {
    const app = { client, login: compileDraft(unjudged(tried), client.seenAs) };
    return (await signIn(app, first, emptyJar())).outcome === 'ok';
  };
  if (await taken(draft)) return draft;
  const { pass = [], ...step } = last;
  const rest = pass.filter((name) => !(name in need));
  const told = { ...step, need: { ...need, ...step.need }, ...(rest.length === 0 ? {} : { pass: rest }) };
  const other: Draft = { ...draft, login: [...draft.login.slice(0, -1), told] };
  return (await taken(other)) ? other : draft;
}

/** What is shortest of all that a preset may say; a server that reads less is found out when it is tried. */
const SHORTEST_LINE = 512;

/** How long a line may be, where the app's server cuts longer ones. */
async function withLine(draft: Draft, { client, first, progress }: Wish): Promise<Pick<Draft, 'longest_line'>> {
  progress('Trying what its server makes of long lines …');
  const app = { client, login: compileDraft(draft, client.seenAs) };
  const jar = emptyJar();
  await signIn(app, first, jar);
  const limit = lineLimit(await longLines(app, first.account, jar));
  return limit === null ? {} : { longest_line: Math.max(limit, SHORTEST_LINE) };
}

/** A preset as the recording and the app itself show it. Throws CommandRefused where there is none to propose. */
export async function propose(wish: Wish): Promise<Draft> {
  const { client, recording, progress } = wish;
  const begun = beginning(wish);
  const kept = begun.session.cookies.length === 0 ? withToken(begun, wish) : begun;
  const asked = await withWhoami(await withConstants(kept, wish), wish);
  progress('Trying other ways in that products like this have …');
  const doors = await openDoors(
    client,
    asked,
    asked.login.flatMap(({ on }) => on.path),
  );
  const rewrite = await rewriting(client, asked.entry, recording.exchanges);
  return inOrder({
    ...asked,
    ...(await withLine(asked, wish)),
    ...(doors.length === 0 ? {} : { doors }),
    ...(rewrite === undefined ? {} : { rewrite }),
  });
}
