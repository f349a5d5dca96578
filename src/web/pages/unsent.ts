import { type Html, html } from '../../lib/html.ts';
import type { Ended } from '../../sessions/ended.ts';
import { PAGE_HEADERS } from '../headers.ts';
import type { Rendered } from './error.ts';
import type { Frame } from './frame.ts';
import { page } from './layout.ts';
import { endedNote } from './sign-in.ts';

export interface Unsent {
  /**
   * What has to be done before the form can be sent: the session had ended, a confirmation is asked for, or nobody is
   * signed in, maybe never was, where forms of other sites come to (`first`).
   */
  readonly again: 'sign-in' | 'confirm' | 'first';
  /** Page of ours where that is done. */
  readonly href: string;
  /** Why the session is over, where there is something to tell. */
  readonly ended?: Ended | null;
  /** Where the person was; a safe path. */
  readonly next: string;
}

/**
 * In place of the answer to a form that a person has sent: nothing of it reached the app. What was typed is still with
 * the browser, which sends it again when this page is loaded again, so the person confirms in another tab.
 */
export function unsentPage(frame: Frame, { again, href, next, ended: why }: Unsent): Html {
  const { words } = frame;
  const ended = words.sessionEnded;
  const said = { 'sign-in': ended, confirm: words.unsent, first: words.signInFirst }[again];
  const later = again === 'first' ? html`<p class="after">${words.signInFirst.orAgain}</p>` : html``;
  const link = `${href}?next=${encodeURIComponent(next)}`;
  const body = html`${endedNote(frame, why)}
<p><strong>${ended.nothingSent}</strong></p>
<p>${ended.keep}</p>
<ol class="plain-list"><li><p>${said.first}</p>
<p><a class="button" href="${link}" target="_blank" rel="noopener">${said.firstButton} <span class="new-tab">${words.common.newTab}</span></a></p></li>
<li><p>${ended.second}</p></li></ol>
${later}
<p class="after">${ended.here} <a href="${link}">${said.hereButton}</a></p>`;
  return page(frame, { title: said.title, body });
}

/** The same, with its headers, for an answer outside of our own pages. */
export function renderUnsent(frame: Frame, view: Unsent): Rendered {
  return {
    headers: { ...PAGE_HEADERS, 'Content-Type': 'text/html; charset=utf-8' },
    body: unsentPage(frame, view).text,
  };
}
