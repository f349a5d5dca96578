import { randomBytes } from 'node:crypto';
import type { CookieJar } from 'tough-cookie';
import { sameAtApp } from '../../presets/names.ts';
import type { Who } from '../../presets/types.ts';
import { emptyJar } from './cookies.ts';
import { fine, judged, type Line, note, wrong } from './line.ts';
import { pathOfPattern, queryOfRule } from './literal.ts';
import type { Credentials } from './posting.ts';
import { askWhoami, signIn } from './sign-in.ts';
import { spoken, type Trial } from './told.ts';

function advice(who: Who | null): string {
  return who?.kind === 'both' ? ': say more precisely where the name stands, or how nobody looks' : '';
}

/** Nobody is signed in: the app must say so. */
function nobody(what: string, who: Who | null): Line {
  return judged(who?.kind === 'nobody', `asked ${what}`, 'whoami says nobody', `${spoken(who)}${advice(who)}`);
}

async function signedOut(trial: Trial): Promise<Line[]> {
  const { client, login, first } = trial;
  const [out] = login.logout;
  const path = out === undefined ? null : pathOfPattern(out.path);
  const jar = emptyJar();
  if (out === undefined || path === null || (await signIn(trial, first, jar)).outcome !== 'ok') return [];
  await client.behind(login).open(`${path}${queryOfRule(out.query)}`, jar);
  const who = await askWhoami(trial, first.account, jar);
  if (who?.kind !== 'name') return [nobody('after signing out', who)];
  const found = `${spoken(who)}: a link does not sign out there, so that this cannot be tried from here`;
  return [note('asked after signing out', 'whoami says nobody', found)];
}

/** Whether a form is still good once the app has been asked who is signed in with the cookies that came with it. */
async function formAfterQuestion(trial: Trial): Promise<Line> {
  const { first, login } = trial;
  const jar = emptyJar();
  const asked = () => askWhoami(trial, first.account, jar);
  const { outcome } = await signIn(trial, first, jar, asked);
  const renews = login.whoami?.renews === true;
  const what = 'the form, once the app was asked';
  if (outcome !== 'ok')
    return renews
      ? fine(what, 'not sent: nothing is asked then', 'refused, as the preset says by renews')
      : wrong(
          what,
          'taken',
          'refused: the question replaces the session; add renews: true to whoami, or ask elsewhere',
        );
  return renews ? note(what, 'refused', 'taken: renews is not needed') : fine(what, 'taken', 'taken');
}

async function wrongly(trial: Trial, jar: CookieJar): Promise<void> {
  await signIn(trial, { account: trial.first.account, password: randomBytes(9).toString('base64url') }, jar);
}

/** Whoever is signed in: the app must say that name, each time that it is asked. */
async function somebody(trial: Trial, person: Credentials): Promise<Line> {
  const { login } = trial;
  const jar = emptyJar();
  await signIn(trial, person, jar);
  const said = [await askWhoami(trial, person.account, jar), await askWhoami(trial, person.account, jar)];
  const same = said.every((who) => who?.kind === 'name' && sameAtApp(login.names, who.name, person.account));
  const found = said.map(spoken).join(', then ');
  return judged(same, `asked twice as ${person.account}`, 'whoami says that name', found);
}

/**
 * Asks the app who is signed in wherever a browser can be: without cookies, with those of the sign-in page, after a wrong
 * password, as each account, after signing out. Each must read as what it is. Nothing where the app cannot be asked.
 */
export async function stateLines(trial: Trial): Promise<Line[]> {
  const { client, login, first, second } = trial;
  if (login.whoami?.ask == null || login.steps.length === 0) return [];
  const ask = (jar: CookieJar) => askWhoami(trial, first.account, jar);
  const page = emptyJar();
  await client.behind(login).open(login.entry, page);
  const failed = emptyJar();
  await wrongly(trial, failed);
  return [
    nobody('without cookies', await ask(emptyJar())),
    nobody('with the cookies of the sign-in page', await ask(page)),
    nobody('after a wrong password', await ask(failed)),
    await somebody(trial, first),
    ...(second === null ? [] : [await somebody(trial, second)]),
    ...(await signedOut(trial)),
    await formAfterQuestion(trial),
  ];
}
