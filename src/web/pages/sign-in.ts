import type { SallyportError } from '../../errors.ts';
import { type Html, html } from '../../lib/html.ts';
import type { Offer } from '../../login/types.ts';
import type { Ended } from '../../sessions/ended.ts';
import { type RealmSource, sourceOf } from '../../sources/table.ts';
import { ACCOUNT, carryNext } from '../routes/next.ts';
import { CONFIRMING, ceremony, instead, SIGNING_IN, STARTING } from './ceremony.ts';
import { fieldComplaint, messageOf } from './complaint.ts';
import type { Frame } from './frame.ts';
import { helpWords, page } from './layout.ts';
import { lockDownNote, type ToldLockDown } from './lock-down.ts';
import { act, alert, codeField, field, hidden, others, passwordField, waiting, waitOf } from './parts.ts';

const START = '/.sallyport/sign-in';
const PASSKEY = `${START}/passkey`;

interface Step {
  /** Signing in is closed for everybody but administrators; null: it is open. */
  readonly lockDown?: ToldLockDown | null;
  /** Where to go afterwards; a safe path. */
  readonly next: string;
  /** What went wrong with the step before this one. */
  readonly error?: SallyportError | undefined;
  /** Seconds to wait before the next try; by default what the error says. */
  readonly wait?: number | undefined;
}

export interface SignInPage extends Step {
  readonly source: RealmSource;
  /** Why the session that this browser had is over; null when it had none, or when there is nothing to tell. */
  readonly ended?: Ended | null;
  /** As typed before an error. */
  readonly account?: string | undefined;
}

/** Where a passkey works that does not work at the address of this page. */
export interface Elsewhere {
  readonly href: string;
  /** The origin, for people. */
  readonly address: string;
  /** Of the app that is wanted, rather than another one of the realm. */
  readonly same: boolean;
}

export interface SecondStepPage extends Step {
  /** A signed-in person confirms, rather than signing in. */
  readonly stepUp: boolean;
  /** Told only once something of the account is proven. */
  readonly elsewhere?: Elsewhere | null;
  /** The ways that are open to this person; never none. */
  readonly offers: readonly Offer[];
}

export interface PasskeyPage extends SecondStepPage {
  /** The page that the person wants is open to passkeys alone. */
  readonly only: boolean;
}

/** For whoever stands there without a device: what helps, in the operator's own words too. */
function lostDevice(frame: Frame, recovery: Html): Html {
  const { words, help } = frame;
  return html`<details class="lost"><summary>${words.signIn.lost}</summary>
${recovery}
<p>${words.signIn.lostLink}</p>
${helpWords(help)}</details>`;
}

/** Whom to ask, or where: nobody but the operator can say what is right here, and a link by mail would be a way round the factor. */
function forgotPassword(frame: Frame, source: RealmSource): Html {
  const { words, help } = frame;
  return html`<details class="lost forgot"><summary>${words.signIn.forgot}</summary>
<p>${words.signIn[sourceOf(source).said.forgot]}</p>
${helpWords(help)}</details>`;
}

/** Why somebody who was signed in has to sign in again. */
export function endedNote({ words }: Frame, ended: Ended | null | undefined): Html {
  return ended == null ? html`` : html`<div class="note" role="status"><p>${words.ended[ended]}</p></div>`;
}

/** Errors of the first page that are about a field stand beside it; all others above the form. */
function atField(error: SallyportError | undefined): boolean {
  return error?.code === 'wrong-credentials' || error?.code === 'bad-body';
}

/** A refusal while signing in is closed says no more than that. */
function isClosed(error: SallyportError | undefined): boolean {
  return error?.code === 'locked-down';
}

/** Above the form of a second step: those who may sign in all the same go on below. */
function closedNote(frame: Frame, { lockDown, stepUp, error }: SecondStepPage): Html {
  if (lockDown == null || stepUp) return html``;
  return html`${lockDownNote(frame, lockDown)}
${isClosed(error) && alert(frame.words.lockDown.refused)}`;
}

function trouble(frame: Frame, view: Step, field: boolean): Html {
  if (isClosed(view.error)) return html``;
  const wait = waitOf(view.error, view.wait);
  if (wait !== undefined) return waiting(frame.words, wait);
  return view.error === undefined || field ? html`` : alert(messageOf(frame.words, view.error));
}

function nameForm(frame: Frame, view: SignInPage): Html {
  const { words } = frame;
  const { asksPassword } = sourceOf(view.source);
  const typed = (view.account ?? '') !== '';
  const error = atField(view.error)
    ? fieldComplaint(words, view.error, { wrong: words.refusals.decline, empty: words.refusals.emptyFields })
    : undefined;
  const account = field({
    name: 'account',
    label: words.field.account,
    value: view.account ?? '',
    focus: !typed || !asksPassword,
    error: asksPassword ? undefined : error,
    more: html` dir="auto" autocomplete="${frame.passkeys ? 'username webauthn' : 'username'}" autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="256"`,
  });
  const password = passwordField(
    words,
    { name: 'password', label: words.field.password, focus: typed, error },
    'current-password',
  );
  return html`<form class="form" method="post" action="${START}">
${hidden('next', view.next)}
${account}
${asksPassword && password}
<button class="button" type="submit">${words.common.continue}</button>
</form>`;
}

/** The way without a name: offered first, since it is the safest and the quickest. */
function passkeyFirst(frame: Frame, view: SignInPage): Html {
  if (!frame.passkeys) return html``;
  const { signIn } = frame.words;
  // Not suggested again at once by itself where it was refused: a browser that accepts for the person would go in circles.
  const suggested = view.error?.code !== 'passkey-refused' && view.lockDown == null;
  return html`<div class="first needs-passkeys"${suggested && html` data-autofill`}>
${ceremony(frame.words, { kind: 'get', action: PASSKEY, purpose: STARTING, next: view.next, label: signIn.withPasskey })}
<p class="hint">${signIn.withPasskeyHint}</p>
<p class="or"><span>${signIn.or}</span></p></div>`;
}

/** While signing in is closed: why, and behind a word the form, for those who may sign in all the same. */
function closedPage(frame: Frame, view: SignInPage, lockDown: ToldLockDown): Html {
  const said = frame.words.lockDown;
  const tried = view.error !== undefined;
  const body = html`${lockDownNote(frame, lockDown)}
<details class="lost"${tried && html` open`}><summary>${said.administrators}</summary>
${isClosed(view.error) ? alert(said.refused) : trouble(frame, view, atField(view.error))}
${passkeyFirst(frame, view)}
${nameForm(frame, view)}</details>`;
  return page(frame, { title: said.title, body, script: true });
}

/** First step: who are you. Where the app asks for the password itself, only the account name is asked for here. */
export function signInPage(frame: Frame, view: SignInPage): Html {
  const { words, passkeys } = frame;
  const { signIn } = words;
  if (view.lockDown != null) return closedPage(frame, view, view.lockDown);
  const { said } = sourceOf(view.source);
  const lead = signIn[passkeys ? said.lead : said.leadCodes];
  const body = html`${endedNote(frame, view.ended)}
${trouble(frame, view, atField(view.error))}
${passkeyFirst(frame, view)}
<p class="soft lead">${lead}</p>
${nameForm(frame, view)}
${forgotPassword(frame, view.source)}
${lostDevice(frame, html`<p>${signIn.lostRecovery}</p>`)}`;
  return page(frame, { title: signIn.title, body, script: true });
}

/** What a browser without passkeys goes on by, where the page asks for one. */
function nextBest(view: SecondStepPage): Offer | undefined {
  return view.offers.find((offer) => offer !== 'passkey');
}

/** Every way but the one that is open, then the way back. */
function otherWays(frame: Frame, view: SecondStepPage, here: Offer): Html {
  const { signIn } = frame.words;
  const names = { passkey: signIn.usePasskey, totp: signIn.useTotp, recovery: signIn.useRecovery };
  const ways = (['passkey', 'totp', 'recovery'] as const).filter(
    (way) => way !== here && view.offers.includes(way) && (way !== 'passkey' || frame.passkeys),
  );
  // What stands as the button of the page where there are no passkeys is not said twice there.
  const asButton = here === 'passkey' ? nextBest(view) : undefined;
  const only = (way: Offer) => (way === 'passkey' || way === asButton ? 'needs-passkeys' : undefined);
  const back = view.stepUp
    ? ([view.next, signIn.goBack] as const)
    : ([carryNext(START, view.next), signIn.restart] as const);
  return html`<nav class="ways" aria-labelledby="ways"><h2 id="ways">${signIn.otherWays}</h2>
${others([...ways.map((way) => [carryNext(`${START}/${way}`, view.next), names[way], only(way)] as const), back])}</nav>`;
}

function lostHere(frame: Frame, view: SecondStepPage): Html {
  const { signIn } = frame.words;
  if (!view.offers.includes('recovery')) return lostDevice(frame, html``);
  const link = html`<a href="${carryNext(`${START}/recovery`, view.next)}">${signIn.useRecovery}</a>`;
  return lostDevice(frame, html`<p>${signIn.lostRecoveryHere} ${link}</p>`);
}

/** Where the passkey of this person works; it would otherwise be missed without a word. */
function passkeyAt({ words }: Frame, { elsewhere }: SecondStepPage): Html {
  if (elsewhere == null) return html``;
  return html`<div class="note"><p>${elsewhere.same ? words.passkey.atOwn : words.passkey.atOther}</p>
<p><a dir="ltr" href="${elsewhere.href}">${elsewhere.address}</a></p></div>`;
}

function codeForm(frame: Frame, view: SecondStepPage, action: string, input: Html): Html {
  const { common } = frame.words;
  return html`<form class="form" method="post" action="${action}">
${hidden('next', view.next)}
${!view.stepUp && hidden('purpose', SIGNING_IN)}
${input}
<button class="button" type="submit">${view.stepUp ? common.confirm : common.signIn}</button>
</form>`;
}

/** Second step: the code of the authenticator app; also the step-up inside a session. */
export function codePage(frame: Frame, view: SecondStepPage): Html {
  const { words } = frame;
  const said = words.totpCode;
  const wait = waitOf(view.error, view.wait);
  const error = wait === undefined && !isClosed(view.error) ? fieldComplaint(words, view.error, said) : undefined;
  const body = html`${closedNote(frame, view)}
${passkeyAt(frame, view)}
<p class="soft">${view.stepUp ? said.leadStepUp : said.lead}</p>
${wait !== undefined && waiting(words, wait)}
${codeForm(frame, view, `${START}/totp`, codeField(words, error, true))}
${otherWays(frame, view, 'totp')}
${lostHere(frame, view)}`;
  return page(frame, { title: view.stepUp ? said.titleStepUp : said.title, body, script: true });
}

/** Second step for a lost device: one of the codes kept for that day. */
export function recoveryPage(frame: Frame, view: SecondStepPage): Html {
  const { words } = frame;
  const wait = waitOf(view.error, view.wait);
  const said = { wrong: words.recovery.wrong, empty: words.totpCode.empty };
  const code = field({
    name: 'code',
    label: words.field.recoveryCode,
    hint: words.field.recoveryCodeHint,
    error: wait === undefined && !isClosed(view.error) ? fieldComplaint(words, view.error, said) : undefined,
    focus: true,
    more: html` class="code-input long" dir="ltr" autocomplete="off" autocapitalize="characters" autocorrect="off" spellcheck="false" maxlength="64"`,
  });
  const body = html`${closedNote(frame, view)}
${passkeyAt(frame, view)}
<p class="soft">${words.recovery.lead}</p>
${wait !== undefined && waiting(words, wait)}
${codeForm(frame, view, `${START}/recovery`, code)}
<div class="note small after"><p>${words.recovery.noneLeft}</p>${helpWords(frame.help)}</div>
${otherWays(frame, view, 'recovery')}`;
  return page(frame, { title: words.recovery.title, body, script: true });
}

/** How a person gets a passkey, where nothing else opens the page and something else is the button. Whoever has one may not have it here. */
function noneYet(frame: Frame, view: PasskeyPage): Html {
  const { passkey } = frame.words;
  if (!view.only || !frame.passkeys || lacksOne(frame, view)) return html``;
  if (!view.stepUp) return html`<div class="note small after"><p>${passkey.noneYetSignIn}</p></div>`;
  return html`<div class="note small after"><p>${passkey.notHere}</p>
${act(`${ACCOUNT}/add`, passkey.addOne, 'text-button', hidden('next', view.next))}</div>`;
}

/** A signed-in person who has no passkey that works here is asked for one. */
function lacksOne(frame: Frame, view: PasskeyPage): boolean {
  return frame.passkeys && view.only && view.stepUp && !view.offers.includes('passkey');
}

/** To add one: the address asks for a factor that is in hand first, where none was used just now. */
function addOne(frame: Frame, { next }: PasskeyPage): Html {
  const { passkey } = frame.words;
  return html`<p class="needs-passkeys">${passkey.noneHere}</p>
<div class="needs-passkeys">${act(`${ACCOUNT}/add`, passkey.add, 'button', hidden('next', next))}</div>`;
}

function useOne(frame: Frame, view: PasskeyPage): Html {
  const said = frame.words.passkey;
  const purpose = view.stepUp ? CONFIRMING : SIGNING_IN;
  return ceremony(frame.words, {
    kind: 'get',
    action: PASSKEY,
    purpose,
    next: view.next,
    only: view.only,
    label: said.button,
    focus: true,
  });
}

/** What there is to press. At an address where no passkey works there is no such button. */
function passkeyActions(frame: Frame, view: PasskeyPage): Html {
  const said = frame.words.passkey;
  if (!frame.passkeys && view.elsewhere != null) return html``;
  return html`<div class="actions">${lacksOne(frame, view) ? addOne(frame, view) : useOne(frame, view)}
${instead(said.noScript, said.noBrowser)}
${elsewise(frame, view)}</div>`;
}

/** Where this browser has no passkeys: the next best way, as the button of the page. */
function elsewise(frame: Frame, view: PasskeyPage): Html {
  const { signIn } = frame.words;
  const way = view.only ? undefined : nextBest(view);
  if (way === undefined) return html``;
  const label = way === 'totp' ? signIn.useTotp : signIn.useRecovery;
  return html`<a class="button not-for-passkeys" href="${carryNext(`${START}/${way}`, view.next)}">${label}</a>`;
}

/** Second step or step-up by passkey. */
export function passkeyPage(frame: Frame, view: PasskeyPage): Html {
  const { words } = frame;
  const said = words.passkey;
  // Whoever has one is not told to get one.
  const needsOne = view.only && (!view.stepUp || lacksOne(frame, view) || !frame.passkeys);
  const title = needsOne ? said.titleOnly : view.stepUp ? said.titleStepUp : said.title;
  const lead = view.only ? said.leadOnly : view.stepUp ? said.leadStepUp : said.lead;
  const body = html`${closedNote(frame, view)}
${trouble(frame, view, false)}
<p class="${view.only ? 'soft' : 'soft needs-passkeys'}">${lead}</p>
${passkeyAt(frame, view)}
${passkeyActions(frame, view)}
${noneYet(frame, view)}
${view.only && view.stepUp ? others([[view.next === '/' ? ACCOUNT : '/', view.next === '/' ? words.common.toAccount : words.common.toPortal]]) : otherWays(frame, view, 'passkey')}
${lostHere(frame, view)}`;
  return page(frame, { title, body, script: true });
}

/** After signing out. */
export function signedOutPage(frame: Frame, view: { ended: Ended | null; again: string }): Html {
  const { signedOut, sessionEnded } = frame.words;
  const { ended } = view;
  const body = html`${ended === null ? html`<p class="soft">${signedOut.lead}</p>` : endedNote(frame, ended)}
<div class="actions"><a class="button" href="${view.again}">${signedOut.again}</a></div>`;
  return page(frame, { title: ended === null ? signedOut.title : sessionEnded.title, body });
}
