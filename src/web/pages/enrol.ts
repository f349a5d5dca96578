import type { EnrolState } from '../../enrol/types.ts';
import { type Html, html } from '../../lib/html.ts';
import type { Help } from '../context.ts';
import { page } from './layout.ts';
import { act, alert, codeField, field, hidden } from './parts.ts';
import { qrCode } from './qr.ts';

export interface EnrolFrame {
  readonly site: string;
  readonly help: Help;
}

export interface EnrolPage extends EnrolFrame {
  readonly state: EnrolState;
  /** What went wrong with the step before this one. */
  readonly message?: string | undefined;
}

/** A link of a person who was invited. Shows only; the button is what uses it up (mail scanners open links). */
export function invitationPage(view: EnrolFrame & { accountName: string; ticket: string }): Html {
  const body = html`<p>This link sets up a second sign-in step for the account <strong>${view.accountName}</strong>.</p>
<div class="note small"><p>Have your phone at hand, with an authenticator app on it. It takes about a minute.</p></div>
${act('/.sallyport/enrol', 'Start', 'button', hidden('ticket', view.ticket))}
<p class="hint after">Not your account? Close this page and tell whoever sent you the link.</p>`;
  return page({ title: 'Welcome', site: view.site, help: view.help, body });
}

/** A link or an enrolment that is over. */
export function closedPage(view: EnrolFrame & { message: string }): Html {
  const body = html`${alert(view.message)}
<p class="soft">Each link works once and for a limited time. If you have set up your authenticator already, sign in. If not, ask for a new link.</p>
<div class="actions"><a class="button" href="/.sallyport/sign-in">Sign in</a></div>`;
  return page({ title: 'This link is not open', site: view.site, help: view.help, body });
}

function stepOf(state: EnrolState, step: 'password' | 'authenticator' | 'codes'): string | undefined {
  if (state.adding) return undefined;
  const steps = state.password === 'none' ? ['authenticator', 'codes'] : ['password', 'authenticator', 'codes'];
  return `Step ${steps.indexOf(step) + 1} of ${steps.length}`;
}

/** The name beside the password, for password managers; it has no name, so it is not sent. */
function accountShown(state: EnrolState): Html {
  return html`<div class="field"><label for="account">Account name</label>
<input id="account" type="text" value="${state.accountName}" autocomplete="username" readonly></div>`;
}

function newPasswordPage(view: EnrolPage): Html {
  const body = html`<p class="soft">A few words that only you would put together are better than a short jumble. Any characters, blanks included, are welcome.</p>
<form class="form" method="post" action="/.sallyport/enrol/password">
${accountShown(view.state)}
${field({
  name: 'password',
  label: 'New password',
  type: 'password',
  hint: 'At least 8 characters; 15 or more are better.',
  error: view.message,
  focus: true,
  more: html` autocomplete="new-password" maxlength="1024"`,
})}
${field({
  name: 'again',
  label: 'The same password again',
  type: 'password',
  more: html` autocomplete="new-password" maxlength="1024"`,
})}
<button class="button" type="submit">Continue</button>
</form>`;
  return page({
    title: 'Choose a password',
    step: stepOf(view.state, 'password'),
    site: view.site,
    help: view.help,
    body,
  });
}

function oldPasswordPage(view: EnrolPage): Html {
  const body = html`<p class="soft">Enter the password that you have now. It stays as it is.</p>
<form class="form" method="post" action="/.sallyport/enrol/password">
${accountShown(view.state)}
${field({
  name: 'password',
  label: 'Password',
  type: 'password',
  error: view.message,
  focus: true,
  more: html` autocomplete="current-password" maxlength="1024"`,
})}
<button class="button" type="submit">Continue</button>
</form>`;
  return page({
    title: 'Enter your password',
    step: stepOf(view.state, 'password'),
    site: view.site,
    help: view.help,
    body,
  });
}

function startPage(view: EnrolPage): Html {
  const body = html`${alert(view.message)}
<p class="soft">An authenticator app shows a new 6-digit code every 30 seconds. You need it each time you sign in.</p>
<div class="actions">${act('/.sallyport/enrol/totp', 'Show the QR code')}</div>`;
  return page({
    title: 'Connect your authenticator app',
    step: stepOf(view.state, 'authenticator'),
    site: view.site,
    help: view.help,
    body,
  });
}

/** Groups of four, which are easier to type and to check (blanks are not part of the key). */
function typedKey(secret: string): Html {
  const groups = secret.match(/.{1,4}/g) ?? [];
  return html`<code class="key" id="key">${groups.map((group) => html`<span>${group}</span> `)}</code>`;
}

function scanPage(view: EnrolPage, totp: { secret: string; uri: string }): Html {
  const failed = view.message !== undefined;
  const body = html`<ol class="guide">
<li><h2>Open an authenticator app</h2>
<p class="soft">For example Google Authenticator, Microsoft Authenticator, 2FAS, or the passwords app of your phone.</p></li>
<li><h2>Add this account to it</h2>
<p class="soft">Scan the square with the app:</p>
${qrCode(totp.uri)}
<p class="soft">Reading this on the phone itself? Hand it over directly:</p>
<p><a class="button quiet" href="${totp.uri}">Open in authenticator app</a></p>
<p class="soft" id="key-label">Or type this key into the app, without the blanks:</p>
${typedKey(totp.secret)}</li>
<li><h2>Enter the code that it shows</h2>
<form method="post" action="/.sallyport/enrol/totp/confirm">
${codeField(view.message, failed)}
${field({
  name: 'label',
  label: 'Name of this device',
  optional: true,
  hint: 'So that you can tell it from others later, such as “work phone”.',
  more: html` autocomplete="off" maxlength="60"`,
})}
<button class="button" type="submit">Confirm</button>
</form></li>
</ol>
<div class="others">${act('/.sallyport/enrol/totp', 'It does not work: start over with a new QR code', 'text-button')}</div>`;
  return page({
    title: 'Connect your authenticator app',
    step: stepOf(view.state, 'authenticator'),
    site: view.site,
    help: view.help,
    body,
  });
}

function connectedPage(view: EnrolPage): Html {
  const body = html`${alert(view.message)}
<div class="note"><p>Your authenticator app is connected.</p></div>
<p class="soft">Next come your recovery codes: they let you in if you lose your phone. You see them once, so have a pen, a printer or a password manager ready.</p>
<div class="actions">
${act('/.sallyport/enrol/finish', 'Show my recovery codes')}
${act('/.sallyport/enrol/totp', 'Connect a second device first', 'button quiet')}
</div>`;
  return page({ title: 'Almost done', step: stepOf(view.state, 'codes'), site: view.site, help: view.help, body });
}

function addedPage(view: EnrolPage): Html {
  const body = html`${alert(view.message)}<div class="note"><p>Your new authenticator works from now on.</p></div>
<div class="actions">${act('/.sallyport/enrol/finish', 'Finish')}</div>`;
  return page({ title: 'Authenticator added', site: view.site, help: view.help, body });
}

/** The next open step of an enrolment. */
export function enrolPage(view: EnrolPage): Html {
  const { state } = view;
  if (state.password === 'set') return newPasswordPage(view);
  if (state.password === 'verify') return oldPasswordPage(view);
  if (state.totp !== null) return scanPage(view, state.totp);
  if (!state.confirmed) return startPage(view);
  return state.adding ? addedPage(view) : connectedPage(view);
}

export interface CodesPage extends EnrolFrame {
  readonly codes: readonly string[];
  readonly go: { readonly href: string; readonly text: string };
}

/** The answer that holds the recovery codes, once: a plain list, to be copied or printed without scripts. */
export function codesPage(view: CodesPage): Html {
  const body = html`<p>Keep these codes where you can reach them without your phone: printed, or in a password manager. Each one signs you in once, in place of a code from your app.</p>
<ul class="codes">${view.codes.map((code) => html`<li><code>${code}</code></li>\n`)}</ul>
<div class="note small screen-only"><p><strong>They are not shown again.</strong></p><p>Any older recovery codes have stopped working.</p></div>
<div class="actions"><a class="button" href="${view.go.href}">${view.go.text}</a></div>`;
  return page({ title: 'Save your recovery codes', site: view.site, help: view.help, body });
}
