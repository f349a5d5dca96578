import { type Html, html } from '../../../../lib/html.ts';
import { CHECKED_WORDS, MANDATES } from '../../../../pack/report/mandates.ts';
import type { ConsoleContext } from '../../context.ts';
import { consolePage } from '../shell.ts';

/** What mandates ask for, and what of it a pack answers: as it stands in every report, in English like that. */
export function mandatesPage(context: ConsoleContext): Html {
  const said = context.frame.words.consoleEvidence;
  const english = (text: string): Html => html`<span lang="en" dir="ltr">${text}</span>`;
  const each = MANDATES.map(
    ({ by, asks, checked, answeredBy, notCovered }) =>
      html`<section><h2>${english(by)}</h2><dl class="facts"><dt>${said.asks}</dt><dd>${english(`${asks} (${CHECKED_WORDS[checked]})`)}</dd>
<dt>${said.answered}</dt><dd>${english(answeredBy)}</dd><dt>${said.notCovered}</dt><dd>${english(notCovered)}</dd></dl></section>`,
  );
  const body = html`<p class="lead">${said.mandatesLead}</p>${each}`;
  return consolePage(context, { title: said.mandates, body, trail: [['/evidence', said.title]] });
}
