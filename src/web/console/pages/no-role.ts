import { type Html, html } from '../../../lib/html.ts';
import type { Frame } from '../../pages/frame.ts';
import { helpWords, page } from '../../pages/layout.ts';
import { act, breakable } from '../../pages/parts.ts';

/** For whoever has signed in and has no business here. */
export function noRolePage(frame: Frame): Html {
  const { words, help, account } = frame;
  const said = words.consoleNoRole;
  const helped = help.text !== '' || help.contact !== '';
  const body = html`<p>${said.lead}</p>
<dl class="facts one-person"><dt>${words.errors.who.signedInAs}</dt><dd><strong>${breakable(account ?? '')}</strong></dd></dl>
<div class="note small after"><p>${said.ask}${helped && html` ${said.askHere}`}</p>${helpWords(help)}</div>
<div class="actions">${act('/.sallyport/sign-out', words.errors.who.signOut, 'button')}<a class="button quiet" href="/.sallyport/account">${words.common.toAccount}</a></div>
<p class="hint after">${words.errors.code} <bdi>403 · forbidden</bdi></p>`;
  return page(frame, { title: said.title, body });
}
