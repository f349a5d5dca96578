import { type Html, html } from '../../../../lib/html.ts';
import { showCheckpoint } from '../../../../manage/checkpoint.ts';
import type { ConsoleContext } from '../../context.ts';
import { may } from '../../may.ts';

const line = (text: string): Html => html`<p class="command" dir="ltr"><code>${text}</code></p>`;

/** How whoever receives a pack learns that it holds, and what they need besides. */
export function checking(context: ConsoleContext): Html {
  const said = context.frame.words.consoleEvidence;
  const checkpoint = may(context, showCheckpoint) && html`<li><a href="/record/checkpoint">${said.checkpoint}</a></li>`;
  return html`<section><h2>${said.check}</h2><p>${said.checkLead}</p>
<ol class="plain-list"><li><p><strong>${said.byPage}</strong></p><p>${said.byPageText} <code dir="ltr">verifier.html</code></p></li>
<li><p><strong>${said.byScript}</strong></p>${line('python3 verify.py evidence.zip --key KEY')}</li>
<li><p><strong>${said.byCommand}</strong></p>${line('sallyport evidence verify evidence.zip --key KEY')}</li></ol>
<p>${said.key}</p>${line('sallyport audit checkpoint')}<p>${said.trust}</p>
<ul>${checkpoint}<li><a href="/evidence/mandates">${said.mandates}</a></li></ul></section>`;
}
