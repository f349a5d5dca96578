import { type Html, html } from '../../lib/html.ts';
import type { Frame } from './frame.ts';
import { page } from './layout.ts';

/** Between the sign-in and the app: the browser goes on by itself, and by the link where it does not. */
export function signedInPage(frame: Frame, view: { next: string }): Html {
  const { words } = frame;
  const body = html`<p class="soft">${words.signedIn.lead}</p>
<div class="actions"><a class="button" href="${view.next}">${words.common.toPortal}</a></div>`;
  return page({ ...frame, here: null }, { title: words.signedIn.title, body });
}
