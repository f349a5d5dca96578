import { randomBytes } from 'node:crypto';
import type { CookieJar } from 'tough-cookie';
import { headerOf } from '../../presets/answer.ts';
import { sameAtApp } from '../../presets/names.ts';
import { readHeadOf } from '../../presets/reading.ts';
import { HeaderFields } from '../../request/fields.ts';
import { parseTarget } from '../../request/target.ts';
import { allCookieNames, emptyJar } from './cookies.ts';
import { digestLines, signsInByDigest } from './digest.ts';
import { steadyText, tryDoor } from './doors.ts';
import { entryLines } from './entry.ts';
import { fine, judged, type Line, note, wrong } from './line.ts';
import { longLineLines } from './long-line-told.ts';
import { secondLogin } from './second.ts';
import { askWhoami, signIn } from './sign-in.ts';
import { stateLines } from './states.ts';
import { quoted, spoken, type Trial, told } from './told.ts';

async function wrongPassword(trial: Trial): Promise<Line> {
  const password = randomBytes(9).toString('base64url');
  const tried = await signIn(trial, { account: trial.first.account, password }, emptyJar());
  return judged(tried.outcome === 'fail', 'wrong password', 'fail', told(tried));
}

interface Right {
  readonly line: Line;
  readonly jar: CookieJar;
  /** What the app calls the account, letter by letter; null when it does not say. */
  readonly name: string | null;
}

async function rightPassword(trial: Trial): Promise<Right> {
  const { login, first } = trial;
  const jar = emptyJar();
  const tried = await signIn(trial, first, jar);
  const { who } = tried;
  const name = who?.kind === 'name' ? who.name : null;
  const same = name !== null && sameAtApp(login.names, name, first.account);
  const good = tried.outcome === 'ok' && (who === null || same);
  const expected = login.whoami === null ? 'ok' : `ok, and whoami says ${quoted(first.account)}`;
  return { line: judged(good, 'right password', expected, told(tried)), jar, name };
}

/** Whether cookies that the preset calls the session are what carries it. */
function sessionLine({ login }: Trial, jar: CookieJar): Line[] {
  if (login.sessionCookies.length === 0) return [];
  const names = allCookieNames(jar);
  const session = names.filter((name) => login.sessionCookies.some((pattern) => pattern.test(name)));
  const found = session.length === 0 ? `cookies: ${names.join(', ') || 'none'}` : session.join(', ');
  return [judged(session.length > 0, 'session cookie', 'one that the preset names', found)];
}

const SPELLINGS: readonly (readonly [string, (name: string) => string])[] = [
  ['in capitals', (name) => name.toUpperCase()],
  ['with blanks around', (name) => ` ${name} `],
];

async function spelling(trial: Trial, what: string, account: string, name: string | null): Promise<Line> {
  const { login, first } = trial;
  const tried = await signIn(trial, { account, password: first.password }, emptyJar());
  const label = `name ${what}`;
  if (tried.outcome !== 'ok') return fine(label, 'refused, or the same account', `not signed in (${told(tried)})`);
  if (tried.who?.kind !== 'name') {
    const folds = sameAtApp(login.names, account, first.account);
    return note(label, 'nothing: the app cannot be asked', `signed in; the preset ${folds ? 'folds' : 'refuses'} it`);
  }
  const wish = 'refused, or the same account';
  const { name: said } = tried.who;
  // Said otherwise it is another account to us, unless the preset folds it; then the app may tell apart what the preset does not.
  if (name !== null && said !== name && sameAtApp(login.names, said, name))
    return wrong(
      label,
      wish,
      `signed in; ${spoken(tried.who)}: take the folding out of the preset, or it is anybody's`,
    );
  return fine(label, wish, `signed in; ${spoken(tried.who)}${said === name ? '' : ', which is refused'}`);
}

/** Whether the app takes credentials from an address. A wrong password is enough to see it: right ones belong into no log. */
async function inQuery({ client, login, first }: Trial): Promise<Line[]> {
  const step = login.steps.find(
    ({ type, account, secret }) => type === 'form' && account !== null && secret.length > 0,
  );
  if (step?.account == null || step.secret[0] === undefined || /^\*/.test(step.account + step.secret[0])) return [];
  const [path = '/', query] = login.entry.split('?', 2);
  const withFields = (account: string, secret: string): string => {
    const pairs = new URLSearchParams([
      [account, first.account],
      [secret, 'a-wrong-password'],
    ]);
    return `${path}?${query === undefined ? '' : `${query}&`}${pairs}`;
  };
  const target = withFields(step.account, step.secret[0]);
  const [real, other] = [
    await client.ask({ target }, emptyJar()),
    await client.ask({ target: withFields('zz-a', 'zz-b') }, emptyJar()),
  ];
  const clean = (text: string): string =>
    text.replaceAll(step.account ?? '', '#').replaceAll(step.secret[0] ?? '', '#');
  const blank = (text: string): string => clean(text.replaceAll('zz-a', '#').replaceAll('zz-b', '#'));
  const takes =
    real.status !== other.status ||
    headerOf(real, 'location')?.length !== headerOf(other, 'location')?.length ||
    blank(steadyText(real)) !== blank(steadyText(other));
  const reading = readHeadOf(
    login,
    'GET',
    parseTarget(target, { encodedSlash: false, emptySegments: false }),
    HeaderFields.none,
  );
  const guarded = reading.kind === 'guarded' || reading.kind === 'door';
  const what = 'name and password in the address';
  if (guarded) return [fine(what, 'refused', `refused by us${takes ? '; the app reads them' : ''}`)];
  return [
    takes
      ? wrong(what, 'refused', 'the app reads them and the preset lets them pass: add the fields to guard.fields')
      : note(what, 'refused', 'the app does not seem to read them; the preset lets them pass'),
  ];
}

async function basicOnEntry(trial: Trial): Promise<Line> {
  const { client, login, first } = trial;
  const what = 'Basic credentials on any page';
  const passes = login.authorization.includes('basic');
  const by = passes ? 'passed on for the same name only' : 'removed by us';
  const token = Buffer.from(`${first.account}:${first.password}`).toString('base64');
  const target = login.whoami?.ask?.target.includes('{') === false ? null : login.entry;
  const jar = emptyJar();
  if (target === null) {
    const who = await askWhoami(trial, first.account, jar, `Basic ${token}`);
    const takes = who?.kind === 'name';
    return note(what, by, takes ? `the app takes them: ${spoken(who)}` : 'the app does not take them');
  }
  const [bare, basic] = [
    await client.ask({ target }, emptyJar()),
    await client.ask({ target, headers: { Authorization: `Basic ${token}` } }, jar),
  ];
  const takes = bare.status !== basic.status || steadyText(bare) !== steadyText(basic);
  return note(what, by, takes ? 'the app seems to take them' : 'the app does not take them');
}

async function doorLines({ client, login }: Trial): Promise<Line[]> {
  const lines: Line[] = [];
  for (const door of login.doors) {
    const tried = await tryDoor(client, login, door);
    const what = `door ${tried.door}`;
    const found = `${tried.state}: ${tried.found}`;
    lines.push(
      tried.denied ? note(what, 'refused by us', found) : wrong(what, 'refused by us', `${found}; not refused`),
    );
  }
  return lines;
}

/** Signs in, with wrong and right passwords, in every way there is. */
async function signInLines(trial: Trial): Promise<Line[]> {
  const lines = [await wrongPassword(trial)];
  const right = await rightPassword(trial);
  lines.push(right.line);
  if (right.line.verdict === 'ok') {
    lines.push(...sessionLine(trial, right.jar));
    for (const [what, spell] of SPELLINGS) {
      const account = spell(trial.first.account);
      if (account !== trial.first.account) lines.push(await spelling(trial, what, account, right.name));
    }
    lines.push(...(await longLineLines(trial, right.jar)));
    lines.push(...(await secondLogin(trial, right.jar)), ...(await stateLines(trial)));
  }
  return lines;
}

/** Tries a preset on the real app; rejects with CommandRefused when the app does not answer at all. */
export async function tryPreset(trial: Trial): Promise<Line[]> {
  return [
    ...(await entryLines(trial)),
    ...(await (signsInByDigest(trial.login) ? digestLines(trial) : signInLines(trial))),
    ...(await inQuery(trial)),
    await basicOnEntry(trial),
    ...(await doorLines(trial)),
  ];
}
