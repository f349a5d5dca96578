import type { CookieJar } from 'tough-cookie';
import { headerOf, textOf } from '../../presets/answer.ts';
import type { DirectClient } from '../direct/client.ts';
import { cookieNames, cookiePairs, copyJar, emptyJar } from '../direct/cookies.ts';
import { tryDoor } from '../direct/doors.ts';
import type { Credentials } from '../direct/posting.ts';
import { type AppUnderTest, askWhoami, signIn } from '../direct/sign-in.ts';
import { compileDraft, type Draft } from './draft.ts';
import { cookiePattern } from './outcomes.ts';
import type { People } from './people.ts';
import type { Exchange } from './recording.ts';

/** Places where products take the same password besides their page (legacy-logins §4). */
const KNOWN_DOORS = [
  ...['/xmlrpc.php', '/lib/exe/xmlrpc.php', '/lib/exe/jsonrpc.php', '/api_jsonrpc.php', '/jsonrpc', '/api/login'],
  ...['/api/tokens', '/api/auth', '/oauth/token', '/rest/**', '/soap', '/graphql', '/dav/**', '/webdav/**'],
  ...['/remote.php/**', '/wp-json/**', '/api.php', '/autodiscover/**', '/ews/**', '/microsoft-server-activesync'],
  ...['/.well-known/caldav', '/.well-known/carddav', '/feed.php', '/rss'],
];

/** Cookies that are tried one by one, those first that are called like a session. */
const MOST_COOKIES = 40;

function likeliest(names: readonly string[]): readonly string[] {
  const told = (name: string): number => (/sess|sid|auth|token|login|user/i.test(name) ? 1 : 0);
  return names.toSorted((a, b) => told(b) - told(a));
}

/** Cookies without which, or with which alone, the app knows who somebody is. */
export async function sessionCookies(app: AppUnderTest, { account, jar }: People): Promise<string[]> {
  const all = likeliest(cookieNames(jar, app.login.whoami?.ask?.target ?? '/'));
  const names = all.slice(0, MOST_COOKIES);
  const says = async (keep: (name: string) => boolean): Promise<boolean> =>
    (await askWhoami(app, account, copyJar(jar, keep)))?.kind === 'name';
  // What is not tried may be the session as well.
  const found = all.slice(MOST_COOKIES);
  for (const name of names) {
    const needed = !(await says((each) => each !== name));
    if (needed || (await says((each) => each === name))) found.push(name);
  }
  return [...new Set(found.map(cookiePattern))];
}

/**
 * The same, where the app believes that it is reached by TLS: some call their cookies otherwise then. Nothing where it signs nobody in
 * so, as an app that knows its own address.
 */
export async function cookiesBehindTls(
  { client, first }: { readonly client: DirectClient; readonly first: Credentials },
  draft: Draft,
): Promise<string[]> {
  const { host } = new URL(client.seenAs);
  const seen = client.as(`https://${host}`);
  try {
    const app = { client: seen, login: compileDraft(draft, seen.seenAs) };
    const jar = emptyJar();
    await signIn(app, first, jar);
    return await sessionCookies(app, { account: first.account, jar });
  } catch {
    client.check();
    return [];
  } finally {
    await seen.close();
  }
}

/** Whether the session of somebody who is signed in has another value with every answer. */
export async function rolls(app: AppUnderTest, { account, jar }: People, session: readonly string[]): Promise<boolean> {
  const copy = copyJar(jar, (name) => session.includes(cookiePattern(name)));
  const values = new Set<string>();
  for (let asked = 1; asked <= 3; asked += 1) {
    if ((await askWhoami(app, account, copy))?.kind !== 'name') return false;
    values.add([...cookiePairs(copy)].filter(([name]) => session.includes(cookiePattern(name))).join());
    if (values.size < asked) return false;
  }
  return true;
}

/** Whether to ask who is signed in spoils the form that was just shown. */
export async function spoilsForm(app: AppUnderTest, first: Credentials): Promise<boolean> {
  const signed = async (meanwhile?: (jar: CookieJar) => Promise<unknown>): Promise<boolean> => {
    const jar = emptyJar();
    await signIn(app, first, jar, meanwhile === undefined ? undefined : () => meanwhile(jar));
    return (await askWhoami(app, first.account, jar))?.kind === 'name';
  };
  return (await signed()) && !(await signed((jar) => askWhoami(app, first.account, jar)));
}

/** Capitals for small letters and the other way round. */
function swapped(text: string): string {
  return text.replace(/\p{L}/gu, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}

/** How the app folds names: only where it has said the very same name for two spellings, letter by letter. */
export async function foldings(app: AppUnderTest, { account, password }: Credentials): Promise<string[]> {
  const said = async (spelt: string): Promise<string | undefined> => {
    const { who } = await signIn(app, { account: spelt, password }, emptyJar());
    return who?.kind === 'name' ? who.name : undefined;
  };
  const own = await said(account);
  const same = async (spelt: string): Promise<boolean> =>
    own !== undefined && spelt !== account && (await said(spelt)) === own;
  const found: string[] = [];
  if (await same(` ${account} `)) found.push('trim');
  const rest = account.slice(1);
  // The first letter tells nothing of the others: a wiki has Alice for alice, and ALICE is somebody else.
  if (await same(account.charAt(0) + swapped(rest))) found.push('lower');
  else if (await same(swapped(account.charAt(0)) + rest)) found.push('capital');
  return found;
}

/** The folder of an app whose sign-in is in one: the first of its path. */
function foldersOf(steps: readonly string[]): string[] {
  return steps.flatMap((path) => /^\/[^/*{]+(?=\/.)/.exec(path)?.[0] ?? []);
}

/** Known doors that answer, at the root and in the folder of the app; where none of them is, there is nothing to list. */
export async function openDoors(
  client: DirectClient,
  draft: Draft,
  steps: readonly string[],
): Promise<{ path: string }[]> {
  const known = [...new Set(['', ...foldersOf(steps)])].flatMap((folder) => KNOWN_DOORS.map((path) => folder + path));
  const login = compileDraft({ ...draft, doors: known.map((path) => ({ path })) }, client.seenAs);
  const found: { path: string }[] = [];
  for (const [i, door] of login.doors.entries()) {
    const path = known[i] ?? '';
    if (steps.includes(path)) continue;
    const { state } = await tryDoor(client, login, door);
    if (state === 'open' || state === 'closed') found.push({ path });
  }
  return found;
}

/** How the app must be spoken to so that its addresses lead to us: tried with a public name that it does not know. */
export async function rewriting(
  client: DirectClient,
  entry: string,
  exchanges: readonly Exchange[],
): Promise<Record<string, unknown> | undefined> {
  const known = await client.open(entry, emptyJar());
  const stranger = client.as('http://portal.example');
  try {
    const answer = await stranger.ask({ target: entry }, emptyJar());
    if (answer.status >= 400 && known.answer.status < 400) return { host: 'upstream', origin: true, location: true };
    const itself = [textOf(answer), headerOf(answer, 'location') ?? ''].some((text) => text.includes(client.origin));
    const escaped = client.origin.replaceAll('/', String.raw`\/`);
    const inPages = exchanges.some((each) => each.method === 'GET' && textOf(each.answer).includes(escaped));
    return itself || inPages ? { location: true, body: [client.origin] } : undefined;
  } finally {
    await stranger.close();
  }
}
