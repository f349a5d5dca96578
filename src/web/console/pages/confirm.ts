import { type Html, html } from '../../../lib/html.ts';
import type { Offer } from '../../../login/types.ts';
import { CONFIRMING, ceremony } from '../../pages/ceremony.ts';
import type { Frame } from '../../pages/frame.ts';
import { page } from '../../pages/layout.ts';
import { codeField, hidden } from '../../pages/parts.ts';

const SIGN_IN = '/.sallyport/sign-in';
/** The form that is sent once the person has confirmed; named by what confirms. */
const KEPT = 'kept';

export interface Confirm {
  /** Path and query that the form came to, and goes to once more. */
  readonly target: string;
  /** What was typed. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** It may be longer than an ordinary form. */
  readonly long?: boolean;
  readonly ways: readonly Offer[];
}

function byCode({ words }: Frame): Html {
  const said = words.consoleConfirm;
  return html`<form class="form" method="post" action="${SIGN_IN}/totp" data-sends="${KEPT}" data-wrong="${said.wrong}" data-failed="${words.passkey.failed}">
${hidden('purpose', CONFIRMING)}${codeField(words, undefined, true)}
<button class="button" type="submit">${words.common.confirm}</button><p class="status" role="status"></p></form>`;
}

function byPasskey({ words }: Frame): Html {
  return ceremony(words, {
    kind: 'get',
    action: `${SIGN_IN}/passkey`,
    purpose: CONFIRMING,
    label: words.consoleConfirm.passkey,
    focus: true,
    sends: KEPT,
  });
}

/** What confirms, with a script: it stays on this page. */
function inPlace(frame: Frame, ways: readonly Offer[]): Html {
  return html`<div class="needs-script">${ways.includes('passkey') && byPasskey(frame)}${ways.includes('totp') && byCode(frame)}</div>`;
}

/**
 * In place of an act that wants a factor of the last minutes: nothing was done. What was typed is in this page alone, and is sent
 * again from it; the server keeps none of it. Without a script the person confirms in another tab, and sends it by the button.
 */
export function confirmPage(frame: Frame, { target, fields, long = false, ways }: Confirm): Html {
  const { words } = frame;
  const said = words.consoleConfirm;
  const elsewhere = `${SIGN_IN}/${ways.includes('passkey') ? 'passkey' : 'totp'}?next=%2Fme`;
  const body = html`<p><strong>${said.nothingDone}</strong></p>
<p>${said.kept}</p>
${inPlace(frame, ways)}
<details class="after"><summary>${said.otherwise}</summary>
<ol class="plain-list"><li><p><a href="${elsewhere}" target="_blank" rel="noopener">${said.elsewhere} <span class="new-tab">${words.common.newTab}</span></a></p></li>
<li><form id="${KEPT}" method="post" action="${target}" accept-charset="utf-8"${long && html` enctype="multipart/form-data"`}>${fields.map(([name, value]) => hidden(name, value))}<button class="button quiet" type="submit">${said.send}</button></form></li></ol></details>
<p class="after"><a href="/">${said.leave}</a></p>`;
  return page({ ...frame, here: null }, { title: words.unsent.title, body, script: true });
}
