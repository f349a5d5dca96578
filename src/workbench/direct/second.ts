import type { CookieJar } from 'tough-cookie';
import { textOf } from '../../presets/answer.ts';
import { appName } from '../../presets/names.ts';
import type { Who } from '../../presets/types.ts';
import { emptyJar } from './cookies.ts';
import { judged, type Line, note } from './line.ts';
import { type Credentials, shownForm } from './posting.ts';
import { askWhoami, type SignedIn, signIn } from './sign-in.ts';
import { quoted, spoken, type Trial, told } from './told.ts';

/** Whether whoever has these cookies is shown the form of the first step; null where none is to be expected. */
async function showsForm({ client, login }: Trial, jar: CookieJar): Promise<boolean | null> {
  const [step] = login.steps;
  if (step?.type !== 'form') return null;
  const opened = await client.behind(login).open(login.entry, jar);
  return shownForm(step, { html: textOf(opened.answer), target: opened.target }).form !== null;
}

/** What came of a sign-in as somebody else within a session. Only the app's own word shows that it was taken. */
function meant({ login }: Trial, second: Credentials, tried: SignedIn, after: Who | null): string {
  if (tried.answer === null) return `not tried: ${tried.why}`;
  const { status } = tried.answer;
  if (after === null)
    return tried.outcome === 'unknown'
      ? `the app answers ${status}, which shows neither that it takes it nor that it refuses it`
      : `at the app itself: ${tried.outcome}, ${status}`;
  if (after.kind === 'name' && appName(login.names, after.name) === appName(login.names, second.account))
    return `at the app itself: taken, ${status}; ${spoken(after)}`;
  if (tried.outcome === 'fail') return `at the app itself: refused, ${status}; ${spoken(after)}`;
  return `the app answers ${status}, and ${spoken(after)}: neither taken nor clearly refused`;
}

async function within(trial: Trial, second: Credentials, jar: CookieJar): Promise<Line> {
  const { first } = trial;
  const what = `second sign-in, as ${second.account}, in the session of ${first.account}`;
  const expected = 'refused by Sallyport';
  // Without the form's token the app would refuse anybody (CSRF), which says nothing of a second sign-in.
  if ((await showsForm(trial, emptyJar())) === true && (await showsForm(trial, jar)) === false)
    return note(what, expected, 'not tried: the app shows no sign-in form to somebody who is signed in');
  const tried = await signIn(trial, second, jar);
  return note(what, expected, meant(trial, second, tried, await askWhoami(trial, second.account, jar)));
}

/** Signs a second account in: by itself, and in the session of the first, whose cookies are in the jar. */
export async function secondLogin(trial: Trial, jar: CookieJar): Promise<Line[]> {
  const { login, second } = trial;
  if (second === null) return [];
  const own = await signIn(trial, second, emptyJar());
  const named = own.who?.kind === 'name' ? appName(login.names, own.who.name) : null;
  const good = own.outcome === 'ok' && (own.who === null || named === appName(login.names, second.account));
  const expected = login.whoami === null ? 'ok' : `ok, and whoami says ${quoted(second.account)}`;
  const apart = judged(good, `right password of ${second.account}`, expected, told(own));
  return [apart, await within(trial, second, jar)];
}
