import { type Html, html } from '../../../../lib/html.ts';
import type { Frame } from '../../../pages/frame.ts';
import { page } from '../../../pages/layout.ts';
import type { EndedFigure } from '../../said.ts';
import { endedWords } from '../parts/said.ts';

/** For whoever has ended their own session among others: what came of it, and how to come back. */
export function endedPage(frame: Frame, figure: EndedFigure): Html {
  const { words } = frame;
  const said = words.consoleSessions;
  const body = html`${endedWords(words, figure)}<p>${said.ownEnded}</p><p class="after"><a class="button" href="/sessions">${said.signInAgain}</a></p>`;
  return page({ ...frame, here: null }, { title: said.endedTitle, body });
}
