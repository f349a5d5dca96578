import type { SallyportError } from '../../errors.ts';
import { type Html, html } from '../../lib/html.ts';
import { fieldComplaint } from './complaint.ts';
import type { Frame } from './frame.ts';
import { page } from './layout.ts';
import { hidden, passwordField, waiting, waitOf } from './parts.ts';

const ACCOUNT = '/.sallyport/account';

export interface OwnPasswordPage {
  readonly account: string;
  readonly error?: SallyportError | undefined;
  /** The new one is easy to guess; nothing is set yet. */
  readonly weak?: boolean;
}

/** Beside which field a complaint stands: a wrong password is the old one, all else is about the new one. */
function complaints({ words }: Frame, error: SallyportError | undefined): { current?: string; fresh?: string } {
  const { newPassword, oldPassword } = words;
  if (error === undefined || waitOf(error) !== undefined) return {};
  // Thrown by the route, which alone knows both.
  if (error.message === 'the two passwords differ') return { fresh: newPassword.differ };
  const said = fieldComplaint(words, error, oldPassword) ?? '';
  return error.code === 'wrong-credentials' ? { current: said } : { fresh: said };
}

/** Changing the password: the old one, and the new one twice. */
export function ownPasswordPage(frame: Frame, { account, error, weak }: OwnPasswordPage): Html {
  const { words } = frame;
  const { ownPassword, newPassword, field: fields } = words;
  const wait = waitOf(error);
  const told = complaints(frame, error);
  const current = { name: 'current', label: ownPassword.current, error: told.current, focus: told.fresh === undefined };
  const fresh = {
    name: 'password',
    label: fields.newPassword,
    hint: newPassword.hint,
    error: told.fresh,
    focus: told.fresh !== undefined,
  };
  const advice = html`<div class="note" role="alert"><p><strong>${newPassword.adviceTitle}</strong></p>
<p>${newPassword.advice}</p><p>${ownPassword.adviceAgain}</p></div>`;
  const body = html`${wait !== undefined && waiting(words, wait)}
${weak === true && advice}
<p class="soft">${ownPassword.lead} ${newPassword.lead}</p>
<form class="form" method="post" action="${ACCOUNT}/password">
${weak === true && hidden('anyway', 'yes')}
<div class="field"><label for="account">${fields.account}</label>
<input id="account" type="text" value="${account}" dir="auto" autocomplete="username" readonly></div>
${passwordField(words, current, 'current-password')}
${passwordField(words, fresh, 'new-password')}
${passwordField(words, { name: 'again', label: fields.samePassword }, 'new-password')}
<button class="button" type="submit">${ownPassword.button}</button>
</form>
<p class="after"><a href="${ACCOUNT}">${words.choose.cancel}</a></p>`;
  return page(frame, { title: ownPassword.title, body, script: true });
}
