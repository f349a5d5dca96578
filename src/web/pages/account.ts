import type { OwnAccount, OwnAuthenticator } from '../../enrol/types.ts';
import { type Html, html } from '../../lib/html.ts';
import type { Session } from '../../sessions/session.ts';
import type { Help } from '../context.ts';
import { page } from './layout.ts';
import { act, hidden } from './parts.ts';
import { deviceInWords, methodsInWords, moment } from './words.ts';

export interface AccountPage {
  readonly site: string;
  readonly help: Help;
  readonly session: Session;
  readonly own: OwnAccount;
}

function facts(session: Session): Html {
  return html`<dl class="facts">
<dt>Account</dt><dd><strong>${session.accountName}</strong></dd>
<dt>Signed in</dt><dd>${moment(session.createdAt)}</dd>
<dt>With</dt><dd>${methodsInWords(session.strength.amr)}</dd>
<dt>Ends at the latest</dt><dd>${moment(session.expiresAt)}</dd>
</dl>`;
}

function removal(item: OwnAuthenticator): Html {
  return html`<details><summary>Remove</summary>
<p class="small soft">Codes from this device will no longer sign you in.</p>
${act('/.sallyport/account/authenticators/remove', 'Remove this authenticator', 'button danger', hidden('id', item.id))}</details>`;
}

function authenticators(view: AccountPage): Html {
  const usable = view.own.authenticators.filter((item) => !item.disabled).length;
  const items = view.own.authenticators.map((item) => {
    const used = item.lastUsedAt === null ? html`not used yet` : html`last used ${moment(item.lastUsedAt)}`;
    const only = !item.disabled && usable < 2;
    return html`<li><p class="name"><strong>${item.label}</strong>${item.disabled && html` <span class="tag">switched off</span>`}</p>
<p class="small soft">Added ${moment(item.createdAt)}, ${used}</p>
${only ? html`<p class="small soft">Your only authenticator cannot be removed here. Add another one first.</p>` : removal(item)}</li>`;
  });
  return html`<section aria-labelledby="authenticators"><h2 id="authenticators">Authenticators</h2>
<ul class="things">${items}</ul>
${act('/.sallyport/enrol/totp', 'Add an authenticator app', 'button quiet')}</section>`;
}

function recovery(view: AccountPage): Html {
  const left = view.own.recoveryLeft;
  return html`<section aria-labelledby="recovery"><h2 id="recovery">Recovery codes</h2>
<p class="soft">${left === 0 ? 'You have no unused code.' : left === 1 ? 'You have 1 unused code.' : `You have ${left} unused codes.`} They sign you in if you lose your phone.</p>
<details><summary>Make new codes</summary><p class="small soft">Your old codes stop working, and the new ones are shown once.</p>
${act('/.sallyport/account/recovery-codes', 'Make new codes', 'button quiet')}</details></section>`;
}

function sessions(view: AccountPage): Html {
  const items = view.own.sessions.map((item) => {
    return html`<li><p class="name"><strong>${deviceInWords(item.userAgent)}</strong>${item.current && html` <span class="tag">this browser</span>`}</p>
<p class="small soft">${item.appId}, from ${item.source}; since ${moment(item.createdAt)}, last active ${moment(item.lastSeenAt)}</p></li>`;
  });
  return html`<section aria-labelledby="sessions"><h2 id="sessions">Where you are signed in</h2>
<ul class="things">${items}</ul>
<div class="actions">${act('/.sallyport/sign-out', 'Sign out')}
${act('/.sallyport/account/sign-out-everywhere', 'Sign out everywhere', 'button quiet')}</div></section>`;
}

/** The person's own page. */
export function accountPage(view: AccountPage): Html {
  const body = html`${facts(view.session)}
<p class="back"><a href="/">Back to the portal</a></p>
${authenticators(view)}
${recovery(view)}
${sessions(view)}`;
  return page({ title: 'Your account', site: view.site, help: view.help, body, wide: true });
}
