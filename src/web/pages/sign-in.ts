import type { RealmSource } from '../../evidence.ts';
import { type Html, html } from '../../lib/html.ts';
import type { Help } from '../context.ts';
import { page } from './layout.ts';
import { codeField, field, hidden, others } from './parts.ts';

/** What every page of a sign-in is told. */
export interface SignInFrame {
  readonly site: string;
  readonly help: Help;
  /** Where to go afterwards; a safe path. */
  readonly next: string;
  /** What went wrong with the step before this one. */
  readonly message?: string | undefined;
}

export interface SignInPage extends SignInFrame {
  readonly source: RealmSource;
  /** As typed before an error. */
  readonly account?: string | undefined;
}

export interface CodePage extends SignInFrame {
  /** A signed-in person confirms, rather than signing in. */
  readonly stepUp: boolean;
  readonly links: {
    readonly totp: string;
    readonly recovery: string;
    readonly restart: string;
  };
}

function accountField(view: SignInPage): Html {
  return field({
    name: 'account',
    label: 'Account name',
    value: view.account ?? '',
    focus: (view.account ?? '') === '' || view.source === 'app',
    error: view.source === 'app' ? view.message : undefined,
    more: html` autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="256"`,
  });
}

function passwordField(view: SignInPage): Html {
  if (view.source === 'app') return html``;
  return field({
    name: 'password',
    label: 'Password',
    type: 'password',
    focus: (view.account ?? '') !== '',
    error: view.message,
    more: html` autocomplete="current-password" maxlength="1024"`,
  });
}

/** First step: who are you. Where the app asks for the password itself, only the account name is asked for here. */
export function signInPage(view: SignInPage): Html {
  const lead =
    view.source === 'app'
      ? 'You confirm your sign-in with your authenticator first. The portal asks for your password after that.'
      : 'Enter your account name and password. The next step asks for a code from your authenticator app.';
  const body = html`<p class="soft">${lead}</p>
<form class="form" method="post" action="/.sallyport/sign-in">
${hidden('next', view.next)}
${accountField(view)}
${passwordField(view)}
<button class="button" type="submit">Continue</button>
</form>`;
  return page({ title: 'Sign in', site: view.site, help: view.help, body });
}

/** Second step: the code of the authenticator app; also the step-up inside a session. */
export function codePage(view: CodePage): Html {
  const title = view.stepUp ? 'Confirm that it is you' : 'Enter your code';
  const lead = view.stepUp
    ? 'This needs a fresh code. Enter the 6-digit code from your authenticator app.'
    : 'Enter the 6-digit code from your authenticator app.';
  const body = html`<p class="soft">${lead}</p>
<form class="form" method="post" action="/.sallyport/sign-in/totp">
${hidden('next', view.next)}
${codeField(view.message, true)}
<button class="button" type="submit">${view.stepUp ? 'Confirm' : 'Sign in'}</button>
</form>
${others([
  [view.links.recovery, 'Lost your device? Use a recovery code'],
  view.stepUp ? [view.next, 'Go back without confirming'] : [view.links.restart, 'Start again with another account'],
])}`;
  return page({ title, site: view.site, help: view.help, body });
}

/** Second step for a lost device: one of the codes kept for that day. */
export function recoveryPage(view: CodePage): Html {
  const code = field({
    name: 'code',
    label: 'Recovery code',
    hint: 'Four groups of four letters and digits. Capital or small letters make no difference.',
    error: view.message,
    focus: true,
    more: html` autocomplete="off" autocapitalize="characters" autocorrect="off" spellcheck="false" maxlength="64"`,
  });
  const body = html`<p class="soft">Enter one of the recovery codes that you saved when you set up your authenticator. Each code works once.</p>
<form class="form" method="post" action="/.sallyport/sign-in/recovery">
${hidden('next', view.next)}
${code}
<button class="button" type="submit">${view.stepUp ? 'Confirm' : 'Sign in'}</button>
</form>
<div class="after"><div class="note small"><p>No codes left? Ask the people who run this portal for a new enrolment link. They will check that it is you.</p></div></div>
${others([[view.links.totp, 'Use your authenticator app instead']])}`;
  return page({ title: 'Use a recovery code', site: view.site, help: view.help, body });
}

/** After signing out. */
export function signedOutPage(view: { site: string; help: Help }): Html {
  const body = html`<p class="soft">You are signed out, and this portal’s data was cleared from this browser.</p>
<div class="actions"><a class="button" href="/.sallyport/sign-in">Sign in again</a></div>`;
  return page({ title: 'Signed out', site: view.site, help: view.help, body });
}
