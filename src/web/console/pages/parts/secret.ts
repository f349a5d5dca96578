import { type Html, html } from '../../../../lib/html.ts';
import type { Words } from '../../../words/shape.ts';

/** A secret that is shown once: selected at a click, copied by a button where there is a script. */
export function secretBox({ consoleWords: said }: Words, label: string, secret: string, id = 'secret'): Html {
  return html`<div class="secret" data-secret="${id}" data-copied="${said.copied}" data-failed="${said.copyFailed}"><p class="small soft" id="${id}-name">${label}</p>
<code class="key" id="${id}" dir="ltr" tabindex="0" aria-labelledby="${id}-name">${secret}</code>
<div class="tools needs-script"><button class="button quiet" type="button" data-copy-secret>${said.copy}</button><button class="button quiet" type="button" data-print-page>${said.print}</button></div><p class="status" role="status"></p></div>`;
}
