import type { EnrolState, PasswordAdvice } from '../../enrol/types.ts';
import type { SallyportError } from '../../errors.ts';
import { type Html, html } from '../../lib/html.ts';
import { ceremony, instead } from './ceremony.ts';
import { fieldComplaint, messageOf } from './complaint.ts';
import type { Frame } from './frame.ts';
import { type PageParts, page } from './layout.ts';
import { act, alert, codeField, field, hidden, passwordField, waiting, waitOf } from './parts.ts';
import { qrCode } from './qr.ts';
import { momentText } from './say.ts';

const ENROL = '/.sallyport/enrol';
const ACCOUNT = '/.sallyport/account';
/** A passkey is added by who used a factor just now. */
const STEP_UP = `/.sallyport/sign-in/totp?next=${encodeURIComponent(ACCOUNT)}`;

export interface EnrolPage {
  readonly state: EnrolState;
  /** Shows the choice although one way is connected. */
  readonly choose: boolean;
  /** The app is open to passkeys alone: said first, and the code is not the button of the page. */
  readonly only?: boolean;
  /** What went wrong with the step before this one. */
  readonly error?: SallyportError | undefined;
  /** The password that was just typed is easy to guess; nothing is set yet. */
  readonly advice?: PasswordAdvice | undefined;
}

/** A link of a person who was invited. Shows only; the button is what uses it up (mail scanners open links). */
export function invitationPage(frame: Frame, view: { accountName: string; ticket: string }): Html {
  const { invitation, common } = frame.words;
  const body = html`<p>${invitation.lead}</p>
<dl class="facts"><dt>${common.account}</dt><dd><bdi><strong>${view.accountName}</strong></bdi></dd></dl>
<div class="note small after"><p>${invitation.ready}</p></div>
<div class="actions">${act(ENROL, invitation.start, 'button', hidden('ticket', view.ticket))}</div>
<p class="hint after">${invitation.notYours}</p>`;
  return page(frame, { title: invitation.title, body });
}

/** A link or an enrolment that is over. */
export function closedPage(frame: Frame, view: { error?: SallyportError | undefined }): Html {
  const { closed, common } = frame.words;
  const body = html`${alert(view.error && messageOf(frame.words, view.error))}
<p class="soft">${closed.lead}</p>
<div class="actions"><a class="button" href="/.sallyport/sign-in">${common.signIn}</a></div>`;
  return page(frame, { title: closed.title, body });
}

/** What went wrong, above the step; a wait counts down. */
function trouble({ words }: Frame, { error }: EnrolPage): Html {
  const wait = waitOf(error);
  if (wait !== undefined) return waiting(words, wait);
  return error === undefined ? html`` : alert(messageOf(words, error));
}

/** No time limit that cannot be put off (WCAG 2.2.1). With a script the page stays as it is. */
function moreTime({ words: { moreTime } }: Frame): Html {
  return html`<form class="more-time" method="post" action="${ENROL}/extend" data-extend data-done="${moreTime.done}" data-over="${moreTime.over}">
<p class="hint"><span>${moreTime.text}</span> <button class="text-button" type="submit">${moreTime.button}</button></p>
<p class="status" role="status"></p></form>`;
}

type Step = 'password' | 'authenticator' | 'codes';

function show(frame: Frame, state: EnrolState, step: Step, { title, body }: Pick<PageParts, 'title' | 'body'>): Html {
  const steps: readonly Step[] =
    state.password === 'none' ? ['authenticator', 'codes'] : ['password', 'authenticator', 'codes'];
  const said = state.adding ? undefined : frame.words.common.step({ n: steps.indexOf(step) + 1, of: steps.length });
  return page(frame, { title, step: said, body: html`${body}${moreTime(frame)}`, script: true });
}

/** The name beside the password, for password managers; it has no name, so it is not sent. */
function accountShown(frame: Frame, state: EnrolState): Html {
  return html`<div class="field"><label for="account">${frame.words.field.account}</label>
<input id="account" type="text" value="${state.accountName}" dir="auto" autocomplete="username" readonly></div>`;
}

function newPasswordComplaint(frame: Frame, error: SallyportError | undefined): string | undefined {
  const { words } = frame;
  // Thrown by the route, which alone knows both.
  if (error?.message === 'the two passwords differ') return words.newPassword.differ;
  return fieldComplaint(words, error, { wrong: words.newPassword.empty, empty: words.newPassword.empty });
}

/** Told once, before it is set; who sends the form again means it. */
function adviceNote(frame: Frame): Html {
  const { newPassword } = frame.words;
  return html`<div class="note" role="alert"><p><strong>${newPassword.adviceTitle}</strong></p>
<p>${newPassword.advice}</p><p>${newPassword.adviceAgain}</p></div>`;
}

function newPasswordPage(frame: Frame, view: EnrolPage): Html {
  const { words } = frame;
  const said = words.newPassword;
  const scores = [said.score0, said.score1, said.score2, said.score3, said.score4];
  const live = html`${scores.map((text, i) => html` data-score-${i}="${text}"`)}`;
  const first = {
    name: 'password',
    label: words.field.newPassword,
    hint: said.hint,
    error: newPasswordComplaint(frame, view.error),
    focus: true,
    more: html` data-advice="${ENROL}/password/advice"${live}`,
  };
  const body = html`${view.advice !== undefined && adviceNote(frame)}
<p class="soft">${said.lead}</p>
<form class="form" method="post" action="${ENROL}/password">
${view.advice !== undefined && hidden('anyway', 'yes')}
${accountShown(frame, view.state)}
${passwordField(words, first, 'new-password')}
<p class="advice needs-script" role="status" id="advice"></p>
${passwordField(words, { name: 'again', label: words.field.samePassword }, 'new-password')}
<button class="button" type="submit">${words.common.continue}</button>
</form>`;
  return show(frame, view.state, 'password', { title: said.title, body });
}

function oldPasswordPage(frame: Frame, view: EnrolPage): Html {
  const { words } = frame;
  const wait = waitOf(view.error);
  const error = wait === undefined ? fieldComplaint(words, view.error, words.oldPassword) : undefined;
  const input = { name: 'password', label: words.field.password, error, focus: true };
  const body = html`${wait !== undefined && waiting(words, wait)}
<p class="soft">${words.oldPassword.lead}</p>
<form class="form" method="post" action="${ENROL}/password">
${accountShown(frame, view.state)}
${passwordField(words, input, 'current-password')}
<button class="button" type="submit">${words.common.continue}</button>
</form>`;
  return show(frame, view.state, 'password', { title: words.oldPassword.title, body });
}

function back({ words }: Frame, state: EnrolState): Html {
  return state.adding ? html`<p class="after"><a href="${ACCOUNT}">${words.choose.cancel}</a></p>` : html``;
}

/** Passkey or app, a plain sentence on each. Where the browser cannot have passkeys, the app and why. */
function choosePage(frame: Frame, view: EnrolPage): Html {
  const { choose } = frame.words;
  const { adding, confirmed } = view.state;
  const more = adding || confirmed;
  // Whoever has one already may add what they like.
  const only = view.only === true && !view.state.added.includes('passkey');
  const passkey = ceremony(frame.words, {
    kind: 'create',
    action: `${ENROL}/passkey`,
    label: choose.passkeyButton,
    stepUp: STEP_UP,
  });
  const body = html`${trouble(frame, view)}
<p class="soft">${only ? choose.leadOnly : more ? choose.leadAdding : choose.lead}</p>
<div class="choices">
<section class="choice${!only && ' for-passkeys'}" aria-labelledby="by-passkey"><h2 id="by-passkey">${choose.passkey} <span class="tag needs-passkeys">${choose.recommended}</span></h2>
<p class="soft">${choose.passkeyText}</p>
${passkey}${instead(choose.passkeyNoScript, choose.passkeyNoBrowser)}</section>
<section class="choice" aria-labelledby="by-app"><h2 id="by-app">${choose.totp}</h2>
<p class="soft">${choose.totpText}${only && html` <strong>${choose.notEnough}</strong>`}</p>
${act(`${ENROL}/totp`, choose.totpButton, only ? 'button quiet' : 'button beside-passkeys')}</section>
</div>
${back(frame, view.state)}`;
  return show(frame, view.state, 'authenticator', { title: more ? choose.titleAdding : choose.title, body });
}

/** Where the app takes no passkeys there is nothing to choose. */
function appOnlyPage(frame: Frame, view: EnrolPage): Html {
  const { totp, choose } = frame.words;
  const body = html`${trouble(frame, view)}
<p class="soft">${choose.totpText}</p>
<div class="actions">${act(`${ENROL}/totp`, choose.totpButton)}</div>
${back(frame, view.state)}`;
  return show(frame, view.state, 'authenticator', { title: totp.titleStart, body });
}

/** Groups of four, which are easier to type and to check (blanks are not part of the key). */
function typedKey({ words }: Frame, secret: string): Html {
  const { codes, totp } = words;
  const groups = secret.match(/.{1,4}/g) ?? [];
  return html`<code class="key" id="key" dir="ltr">${groups.map((group) => html`<span>${group}</span> `)}</code>
<div class="copy needs-script" data-key="key" data-copied="${codes.copied}" data-failed="${totp.copyFailed}"><button class="button quiet" type="button">${totp.copyKey}</button>
<p class="status" role="status"></p></div>`;
}

/**
 * The account on its way into the app. Nobody can point a phone's camera at its own screen: there the link leads and the
 * square is folded away; on a larger screen it is the other way round. The style sheet knows which; the square is drawn once.
 */
function addToApp({ words }: Frame, uri: string): Html {
  const { totp } = words;
  const qr = qrCode(uri, totp.qrLabel);
  return html`<div class="on-phone"><p><a class="button" href="${uri}">${totp.handOverButton}</a></p>
<p class="soft">${totp.onPhone} ${totp.openText}</p>
<details><summary>${totp.showQr}</summary>
<p class="soft">${totp.scan}</p>
${qr.again}</details></div>
<div class="on-desk"><p class="soft">${totp.scan}</p>
${qr.code}
<p class="soft">${totp.handOver}</p>
<p><a class="button quiet" href="${uri}">${totp.handOverButton}</a></p></div>`;
}

function confirmForm(frame: Frame, view: EnrolPage): Html {
  const { words } = frame;
  const wait = waitOf(view.error);
  const error = wait === undefined ? fieldComplaint(words, view.error, words.totpCode) : undefined;
  return html`${wait !== undefined && waiting(words, wait)}
<form method="post" action="${ENROL}/totp/confirm">
${codeField(words, error, view.error !== undefined)}
${field({
  name: 'label',
  label: words.totp.nameLabel,
  optional: words.common.optional,
  hint: words.totp.nameHint,
  more: html` dir="auto" autocomplete="off" maxlength="60"`,
})}
<button class="button" type="submit">${words.common.confirm}</button>
</form>`;
}

function scanPage(frame: Frame, view: EnrolPage, made: { secret: string; uri: string }): Html {
  const { totp, choose } = frame.words;
  const body = html`<ol class="guide">
<li class="on-desk"><h2>${totp.open}</h2>
<p class="soft">${totp.openText}</p></li>
<li><h2>${totp.add}</h2>
${addToApp(frame, made.uri)}
<p class="soft">${totp.type}</p>
${typedKey(frame, made.secret)}</li>
<li><h2>${totp.enter}</h2>
${confirmForm(frame, view)}</li>
</ol>
<div class="others">${act(`${ENROL}/totp`, totp.startOver, 'text-button')}
${frame.passkeys && act(`${ENROL}/choose`, choose.again, 'text-button')}</div>`;
  return show(frame, view.state, 'authenticator', { title: totp.titleScan, body });
}

/** The other kind first: what breaks the one seldom breaks the other. */
function secondWays(frame: Frame, added: EnrolState['added'], urge: boolean): Html {
  const { connected } = frame.words;
  const hasTotp = added.includes('totp');
  const hasPasskey = added.includes('passkey');
  const look = (first: boolean): string => (urge && first ? 'button' : 'button quiet');
  const app = act(
    `${ENROL}/totp`,
    hasTotp ? connected.addAnotherTotp : connected.addTotp,
    frame.passkeys && hasTotp && urge ? 'button beside-passkeys' : look(!hasTotp || !frame.passkeys),
  );
  if (!frame.passkeys) return app;
  const passkey = ceremony(frame.words, {
    kind: 'create',
    action: `${ENROL}/passkey`,
    label: hasPasskey ? connected.addAnotherPasskey : connected.addPasskey,
    look: look(!hasPasskey),
    stepUp: STEP_UP,
  });
  return hasPasskey ? html`${app}${passkey}` : html`${passkey}${app}`;
}

function connectedPage(frame: Frame, view: EnrolPage): Html {
  const { connected } = frame.words;
  const { added } = view.state;
  const alone = added.length < 2;
  const ready = added.at(-1) === 'passkey' ? connected.passkeyReady : connected.totpReady;
  const codes = act(
    `${ENROL}/finish`,
    alone ? connected.toCodesOnly : connected.toCodes,
    alone ? 'button quiet' : 'button',
  );
  const ways = secondWays(frame, added, alone);
  const body = html`${trouble(frame, view)}
<div class="note" role="status"><p><strong>${ready}</strong></p></div>
${alone && html`<p>${connected.urge}</p>`}
<div class="actions">${alone ? ways : codes}</div>
<p class="soft after">${connected.codesNext}</p>
<div class="actions">${alone ? codes : ways}</div>`;
  return show(frame, view.state, 'codes', { title: alone ? connected.title : connected.titleTwo, body });
}

function addedPage(frame: Frame, view: EnrolPage): Html {
  const { added } = frame.words;
  const body = html`${trouble(frame, view)}
<div class="note" role="status"><p>${view.state.added.at(-1) === 'passkey' ? added.passkey : added.totp}</p></div>
<div class="actions">${act(`${ENROL}/finish`, added.finish)}</div>`;
  return show(frame, view.state, 'codes', { title: added.title, body });
}

/** The next open step of an enrolment. */
export function enrolPage(frame: Frame, view: EnrolPage): Html {
  const { state } = view;
  if (state.password === 'set') return newPasswordPage(frame, view);
  if (state.password === 'verify') return oldPasswordPage(frame, view);
  if (state.totp !== null) return scanPage(frame, view, state.totp);
  if (state.confirmed && !view.choose) return state.adding ? addedPage(frame, view) : connectedPage(frame, view);
  return frame.passkeys ? choosePage(frame, view) : appOnlyPage(frame, view);
}

export interface CodesPage {
  readonly codes: readonly string[];
  readonly go: 'account' | 'sign-in' | 'app';
  readonly href: string;
  readonly account: string;
  /** Origin where they sign in. */
  readonly origin: string;
  /** When they were made, ms. */
  readonly madeAt: number;
}

/** What a sheet or file of codes must say of itself when it is found again years later. */
function aboutCodes(frame: Frame, view: CodesPage): readonly (readonly [name: string, value: string])[] {
  const { codes, common } = frame.words;
  return [
    [common.account, view.account],
    [codes.address, view.origin],
    [codes.madeAt, momentText(frame, view.madeAt)],
  ];
}

/**
 * The answer that holds the recovery codes, once: a plain list that can be selected and printed without a script; with
 * one, buttons that copy, save and print it.
 */
export function codesPage(frame: Frame, view: CodesPage): Html {
  const { codes, account } = frame.words;
  const go = { account: codes.goAccount, 'sign-in': codes.goSignIn, app: codes.goApp }[view.go];
  const heading = [codes.fileTitle, frame.site ?? frame.brand.name].join(frame.words.common.between);
  const about = aboutCodes(frame, view);
  const head = [heading, '', ...about.map(([name, value]) => `${name}: ${value}`), '', codes.about].join('\n');
  const tools = html`<div class="tools needs-script" data-codes="codes" data-title="${head}" data-file="${codes.fileName}" data-copied="${codes.copied}" data-failed="${codes.copyFailed}" data-saved="${codes.downloaded}">
<button class="button quiet" type="button" data-copy>${codes.copy}</button>
<button class="button quiet" type="button" data-save>${codes.download}</button>
<button class="button quiet" type="button" data-print>${codes.print}</button>
<p class="status" role="status"></p></div>`;
  const body = html`<p>${codes.lead}</p>
<dl class="facts">${about.map(([name, value]) => html`<dt>${name}</dt><dd><bdi>${value}</bdi></dd>`)}</dl>
<p class="print-only">${codes.about}</p>
<ul class="codes" id="codes" dir="ltr" tabindex="-1" aria-label="${account.recovery}">${view.codes.map((code) => html`<li><code>${code}</code></li>\n`)}</ul>
${tools}
<div class="note small screen-only"><p><strong>${codes.once}</strong></p><p>${codes.olderEnded}</p></div>
<div class="actions"><a class="button" href="${view.href}">${go}</a></div>`;
  return page(frame, { title: codes.title, body, script: true });
}
