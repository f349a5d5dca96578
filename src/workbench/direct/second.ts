import type { CookieJar } from 'tough-cookie';
import { mayBeTyped, namesSame } from '../../binding/names.ts';
import { textOf } from '../../presets/answer.ts';
import { appName } from '../../presets/names.ts';
import type { Who } from '../../presets/types.ts';
import { emptyJar } from './cookies.ts';
import { fine, judged, type Line, note, wrong } from './line.ts';
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

/** What the app made of a sign-in as somebody else within a session; `clear`: it took it or refused it, beyond doubt. */
interface Meant {
  readonly text: string;
  readonly clear: boolean;
}

/** Only the app's own word shows that it was taken. */
function meant({ login }: Trial, second: Credentials, { answer, outcome }: Sent, after: Who | null): Meant {
  const { status } = answer;
  if (after === null)
    return outcome === 'unknown'
      ? { text: `the app answers ${status}, which shows neither that it takes it nor that it refuses it`, clear: false }
      : { text: `at the app itself: ${outcome}, ${status}`, clear: true };
  if (after.kind === 'name' && appName(login.names, after.name) === appName(login.names, second.account))
    return { text: `at the app itself: taken, ${status}; ${spoken(after)}`, clear: true };
  if (outcome === 'fail') return { text: `at the app itself: refused, ${status}; ${spoken(after)}`, clear: true };
  return {
    text: `the app answers ${status}, and ${spoken(after)}: neither taken nor clearly refused`,
    clear: false,
  };
}

/** A sign-in whose last step was answered. */
type Sent = SignedIn & { readonly answer: NonNullable<SignedIn['answer']> };

/**
 * What keeps the second from being signed in within the session of the first, by the judgement that people's requests meet: the name that
 * is typed, or else what the app says afterwards. null: nothing does.
 */
function heldBy({ client, login, first }: Trial, second: Credentials, after: Who | null): string | null {
  const { app } = client.behind(login);
  if (!mayBeTyped(app, first.account, second.account))
    return 'refused before it is sent, since it names another account';
  const said = after?.kind === 'name' ? after.name : null;
  if (said === null || namesSame(app, first.account, said)) return null;
  return `sent, and its answer refused, since the app says ${quoted(said)}`;
}

async function within(trial: Trial, second: Credentials, jar: CookieJar): Promise<Line> {
  const { first } = trial;
  const what = `second sign-in, as ${second.account}, in the session of ${first.account}`;
  const expected = 'refused by Sallyport';
  // Without the form's token the app would refuse anybody (CSRF), which says nothing of a second sign-in.
  if ((await showsForm(trial, emptyJar())) === true && (await showsForm(trial, jar)) === false)
    return note(what, expected, 'not tried: the app shows no sign-in form to somebody who is signed in');
  const { answer, ...tried } = await signIn(trial, second, jar);
  if (answer === null) return note(what, expected, `not tried: ${tried.why}`);
  const after = await askWhoami(trial, second.account, jar);
  const { text, clear } = meant(trial, second, { ...tried, answer }, after);
  const held = heldBy(trial, second, after);
  if (held !== null) return (clear ? fine : note)(what, expected, `${held}; ${text}`);
  const sameToUs = `not refused: the preset takes both names for one account; ${text}`;
  return tried.outcome === 'fail' ? note(what, expected, sameToUs) : wrong(what, expected, sameToUs);
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
